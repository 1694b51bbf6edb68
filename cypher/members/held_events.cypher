// What the log holds of members, by their identifiers; not what a leaving erased.
// parameters: rows
// columns: event, type, at, recordedAt, voided, pet, body
// starts from: identifier_id, event_account, member_fact_invitee
// mode: read
// db hits: 400 a row
UNWIND $rows AS id
CALL (id) {
  MATCH (identifier:Identifier {id: id})
  USING INDEX SEEK identifier:Identifier(id)
  MATCH (identifier)<-[shows:SHOWS]-(event)
  WHERE shows.erased IS NULL
  RETURN event
  UNION
  MATCH (event:Event {account: id})
  USING INDEX SEEK event:Event(account)
  RETURN event
  UNION
  MATCH (event:MemberFact {invitee: id})
  USING INDEX SEEK event:MemberFact(invitee)
  RETURN event
}
WITH DISTINCT event
RETURN collect({
  event: event.id, type: event.type, at: event.at, recordedAt: event.recordedAt, voided: event.voided,
  pet: event.pet, body: event.body
}) AS rows
