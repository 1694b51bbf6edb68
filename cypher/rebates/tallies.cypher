// What caps had let through, by id.
// parameters: rows
// columns: tally
// starts from: tally_id
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
MATCH (tally:Tally {id: id})
USING INDEX SEEK tally:Tally(id)
RETURN collect({tally: properties(tally)}) AS rows
