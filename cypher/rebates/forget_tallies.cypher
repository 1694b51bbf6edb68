// Deletes what was counted for a rule under other kinds of limits than it has now.
// parameters: prefix, key, limit
// columns: -
// starts from: tally_id
// mode: write
// db hits: 8 a tally
MATCH (tally:Tally)
USING INDEX SEEK tally:Tally(id)
WHERE tally.id STARTS WITH $prefix AND tally.rule <> $key
WITH tally LIMIT $limit
DELETE tally
