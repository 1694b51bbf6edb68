// The events of a type that happened between two instants.
// parameters: rows
// columns: event
// starts from: event_type_at
// mode: read
// db hits: 5 an event
UNWIND $rows AS row
MATCH (event:Event)
USING INDEX SEEK event:Event(type, at)
WHERE event.type = row.type AND row.from <= event.at < row.to AND NOT event.voided
RETURN collect({event: event.id}) AS rows
