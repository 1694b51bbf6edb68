// The tasks that have waited longest.
// parameters: limit
// columns: id, question, rows, through
// starts from: pending_id
// mode: read
// db hits: 800 in all
MATCH (task:Pending)
USING INDEX SEEK task:Pending(id)
WHERE task.id >= ''
WITH task ORDER BY task.id LIMIT $limit
RETURN collect({id: task.id, question: task.question, rows: task.rows, through: task.through}) AS rows
