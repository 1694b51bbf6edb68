// Writes what parties are now.
// parameters: rows
// columns: -
// starts from: party_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (party:Party {id: row.party})
USING INDEX SEEK party:Party(id)
SET party = row.profile
