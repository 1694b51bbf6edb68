// Lets decisions leave the entries whose nodes they shared; of an entry everything stays.
// parameters: rows
// columns: -
// starts from: entry_id
// mode: write
// db hits: 25 a row
UNWIND $rows AS row
MATCH (entry:Entry {id: row.id})
USING INDEX SEEK entry:Entry(id)
REMOVE entry:Decision
SET entry = row.now
