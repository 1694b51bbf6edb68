// Writes under which name entries go on.
// parameters: rows
// columns: -
// starts from: entry_id
// mode: write
// db hits: 10 a row
UNWIND $rows AS row
MATCH (entry:Entry {id: row.entry})
USING INDEX SEEK entry:Entry(id)
SET entry.payee = row.payee
