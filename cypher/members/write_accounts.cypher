// Writes the accounts of the members that events are about.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 12 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.account = row.account, event.invitee = row.invitee
