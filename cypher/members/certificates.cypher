// What leavings erased: the types of the identifiers, and in how many events.
// parameters: rows
// columns: event, at, recordedAt, pseudonym, types, events
// starts from: event_id
// mode: read
// db hits: 400 a row
UNWIND $rows AS id
MATCH (left:Event {id: id})
USING INDEX SEEK left:Event(id)
WHERE left.type = 'member.left' AND NOT left.voided
CALL (left) {
  MATCH (left)-[:ERASES]->(identifier)
  RETURN collect(identifier.type) AS types
}
CALL (left) {
  MATCH (left)-[:ERASES]->()<-[shows:SHOWS]-(event)
  WHERE shows.erased AND event.at <= left.at
  RETURN count(DISTINCT event) AS events
}
RETURN collect({
  event: id, at: left.at, recordedAt: left.recordedAt, pseudonym: left.pseudonym, types: types, events: events
}) AS rows
