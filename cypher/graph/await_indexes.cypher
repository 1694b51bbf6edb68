// Waits until every index is complete, at most so many seconds.
// parameters: seconds
// columns: -
// starts from: the schema, which the server keeps apart from the data
// mode: read
// db hits: 0 in all
CALL db.awaitIndexes($seconds)
