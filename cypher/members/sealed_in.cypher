// What these events hold sealed: in their bodies, and beside what they show.
// parameters: rows
// columns: event, body, sent
// starts from: event_id
// mode: read
// db hits: 80 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.body CONTAINS '"sealed"'
RETURN collect({
  event: id, body: event.body,
  sent: [(event)-[shows:SHOWS]->(identifier) WHERE shows.sent IS NOT NULL | [shows.list, identifier.id, shows.sent]]
}) AS rows
