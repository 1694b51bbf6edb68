// Notes on tasks how far they are: everything up to a trigger is derived.
// parameters: rows, through, left
// columns: -
// starts from: pending_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS id
MATCH (task:Pending {id: id})
USING INDEX SEEK task:Pending(id)
SET task.through = $through, task.left = $left
