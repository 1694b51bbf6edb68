// Replaces the bodies of events by what is left of them, and what they spelt of erased identifiers by what is
// remembered of it.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 80 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.body = row.body, event.erased = true
WITH event, row
UNWIND row.shown AS one
MATCH (event)-[shows:SHOWS {list: one.list}]->(identifier)
WHERE identifier.id = one.identifier
SET shows.erased = true, shows.sent = null, shows.remembered = one.remembered
