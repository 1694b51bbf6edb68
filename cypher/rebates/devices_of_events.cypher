// The devices that these events were done on, and when.
// parameters: rows
// columns: device, at
// starts from: event_id
// mode: read
// db hits: 6 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.device IS NOT NULL
RETURN collect({device: event.device, at: event.at}) AS rows
