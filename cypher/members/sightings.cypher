// The identifiers that events show, or the ids that name them, with what the policy made of them so far.
// parameters: rows
// columns: event, type, at, voided, source, account, invitee, memberId, inviteeId, runs, shown
// starts from: event_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE EXISTS { (event)-[:SHOWS]->() } OR event.memberId IS NOT NULL OR event.inviteeId IS NOT NULL
RETURN collect({
  event: id, type: event.type, at: event.at, voided: event.voided, source: event.source, account: event.account, invitee: event.invitee,
  memberId: event.memberId, inviteeId: event.inviteeId,
  runs: [(event)-[:SCANS]->(run) | run.first],
  shown: [
    (event)-[shows:SHOWS]->(identifier) |
    [shows.list, identifier.id, identifier.type, identifier.app, identifier.sealed, shows.sent, shows.unfit, shows.erased, shows.place,
      shows.remembered]
  ]
}) AS rows
