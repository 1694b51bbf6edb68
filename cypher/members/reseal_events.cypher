// Writes what events hold, sealed anew.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 80 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.body = row.body
WITH event, row
UNWIND row.sent AS one
MATCH (event)-[shows:SHOWS {list: one.list}]->(identifier)
WHERE identifier.id = one.identifier
SET shows.sent = one.sent
