// The accounts that accounts invited.
// parameters: rows
// columns: inviter, invitee
// starts from: member_fact_account
// mode: read
// db hits: 80 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {account: account})
USING INDEX SEEK fact:MemberFact(account)
WHERE fact.type = 'member.invited' AND NOT fact.voided AND fact.invitee IS NOT NULL
WITH DISTINCT account, fact.invitee AS invitee
RETURN collect({inviter: account, invitee: invitee}) AS rows
