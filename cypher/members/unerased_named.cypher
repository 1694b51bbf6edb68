// The events about accounts that go on under a leaving's name, which hold something personal still.
// parameters: rows
// columns: event, pet, body
// starts from: event_account
// mode: read
// db hits: 40 a row
UNWIND $rows AS pseudonym
MATCH (event:Event {account: pseudonym})
USING INDEX SEEK event:Event(account)
WHERE event.memberId IS NOT NULL AND event.erased IS NULL
RETURN collect({event: event.id, pet: event.pet, body: event.body}) AS rows
