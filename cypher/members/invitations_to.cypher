// The invitations of accounts, with the accounts that invited them.
// parameters: rows
// columns: invitee, at, event, inviter
// starts from: member_fact_invitee
// mode: read
// db hits: 40 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {invitee: account})
USING INDEX SEEK fact:MemberFact(invitee)
WHERE NOT fact.voided AND fact.account IS NOT NULL
RETURN collect({invitee: account, at: fact.at, event: fact.id, inviter: fact.account}) AS rows
