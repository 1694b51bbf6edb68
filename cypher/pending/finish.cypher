// Removes tasks that are done.
// parameters: rows
// columns: -
// starts from: pending_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS id
MATCH (task:Pending {id: id})
USING INDEX SEEK task:Pending(id)
DELETE task
