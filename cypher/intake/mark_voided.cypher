// Marks whether events are in force.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 8 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.voided = row.voided
