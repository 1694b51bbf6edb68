// Deletes tallies that count nothing any more.
// parameters: rows
// columns: -
// starts from: tally_id
// mode: write
// db hits: 8 a row
UNWIND $rows AS id
MATCH (tally:Tally {id: id})
USING INDEX SEEK tally:Tally(id)
DELETE tally
