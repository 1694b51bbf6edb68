// How many tasks wait, since when the oldest does, and how many triggers are known to be left.
// parameters: -
// columns: tasks, since, left
// starts from: pending_id
// mode: read
// db hits: 2000 in all
MATCH (task:Pending)
USING INDEX SEEK task:Pending(id)
WHERE task.id >= ''
RETURN count(task) AS tasks, min(task.since) AS since, max(task.left) AS left
