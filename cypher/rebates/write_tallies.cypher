// Writes what caps and budgets have let through.
// parameters: rows
// columns: -
// starts from: tally_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MERGE (tally:Tally {id: row.id})
SET tally = row
