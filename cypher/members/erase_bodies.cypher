// Replaces the bodies of events by what is left of them, and forgets what they spelt of erased identifiers.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 80 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.body = row.body, event.erased = true
WITH event, row WHERE size(row.identifiers) > 0
MATCH (event)-[shows:SHOWS]->(identifier)
WHERE identifier.id IN row.identifiers
SET shows.erased = true, shows.sent = null
