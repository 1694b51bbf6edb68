// The next events by id.
// parameters: after, limit
// columns: key
// starts from: event_id
// mode: read
// db hits: 3 a key
MATCH (event:Event)
USING INDEX SEEK event:Event(id)
WHERE event.id > $after
RETURN event.id AS key ORDER BY key LIMIT $limit
