// The identifiers that events show, with what the policy made of them so far.
// parameters: rows
// columns: event, type, at, account, invitee, runs, shown
// starts from: event_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE EXISTS { (event)-[:SHOWS]->() }
RETURN collect({
  event: id, type: event.type, at: event.at, account: event.account, invitee: event.invitee,
  runs: [(event)-[:SCANS]->(run) | run.first],
  shown: [
    (event)-[shows:SHOWS]->(identifier) |
    [shows.list, identifier.id, identifier.type, identifier.app, identifier.sealed, shows.sent, shows.unfit]
  ]
}) AS rows
