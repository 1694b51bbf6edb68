// Leavings: whom each names, whom it erases so far, since when that member was known, and whom it looked at for that.
// parameters: rows
// columns: event, at, voided, pseudonym, memberId, knownSince, knownBy, shown, erases, weighs
// starts from: event_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.type = 'member.left'
RETURN collect({
  event: id, at: event.at, voided: event.voided, pseudonym: event.pseudonym, memberId: event.memberId,
  knownSince: event.knownSince, knownBy: event.knownBy,
  shown: [(event)-[shows:SHOWS]->(identifier) WHERE coalesce(shows.unfit, '') <> 'blocked' | [identifier.id, shows.place]],
  erases: [(event)-[:ERASES]->(identifier) | identifier.id],
  weighs: [(event)-[:WEIGHS]->(identifier) | identifier.id]
}) AS rows
