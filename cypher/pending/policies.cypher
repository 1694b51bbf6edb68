// The tasks that new identity policies left, the oldest first.
// parameters: -
// columns: id, event, since
// starts from: pending_id
// mode: read
// db hits: 500 in all
MATCH (task:Pending)
USING INDEX SEEK task:Pending(id)
WHERE task.id >= '' AND task.question = 'members/policy'
RETURN task.id AS id, task.rows AS event, task.since AS since ORDER BY task.id
