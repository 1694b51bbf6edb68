// When triggers happened.
// parameters: rows
// columns: trigger, at
// starts from: event_id
// mode: read
// db hits: 6 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
RETURN collect({trigger: id, at: event.at}) AS rows
