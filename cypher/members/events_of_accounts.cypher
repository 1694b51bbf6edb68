// The events about members by these accounts.
// parameters: rows
// columns: event
// starts from: event_account, member_fact_invitee
// mode: read
// db hits: 40 a row
UNWIND $rows AS account
CALL (account) {
  MATCH (event:Event {account: account})
  USING INDEX SEEK event:Event(account)
  RETURN event
  UNION
  MATCH (event:MemberFact {invitee: account})
  USING INDEX SEEK event:MemberFact(invitee)
  RETURN event
}
WITH DISTINCT event
RETURN collect({event: event.id}) AS rows
