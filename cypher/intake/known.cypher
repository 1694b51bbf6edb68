// Which of these event ids the log has, with the hash of the content that came first.
// parameters: rows
// columns: id, hash
// starts from: event_id
// mode: read
// db hits: 4 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
RETURN event.id AS id, event.hash AS hash
