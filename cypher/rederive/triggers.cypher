// The next events that may pay, in the order of time.
// parameters: at, after, limit
// columns: key, at
// starts from: trigger_at
// mode: read
// db hits: 5 a key
MATCH (trigger:Trigger)
USING INDEX SEEK trigger:Trigger(at)
WHERE trigger.at >= $at AND (trigger.at > $at OR trigger.id > $after)
RETURN trigger.id AS key, trigger.at AS at ORDER BY at, key LIMIT $limit
