// The next leavings, in the order of time.
// parameters: at, id, limit
// columns: event, at
// starts from: event_type_at
// mode: read
// db hits: 8 a leaving of the page
MATCH (event:Event)
USING INDEX SEEK event:Event(type, at)
WHERE event.type = 'member.left' AND event.at >= $at AND (event.at > $at OR event.id > $id)
RETURN event.id AS event, event.at AS at ORDER BY at, event LIMIT $limit
