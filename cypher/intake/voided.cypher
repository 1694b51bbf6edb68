// Whether these events are marked as voided.
// parameters: rows
// columns: event, voided
// starts from: event_id
// mode: read
// db hits: 6 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
RETURN id AS event, event.voided AS voided
