// The invitations in force of accounts.
// parameters: rows
// columns: at, event, inviter, invitee, campaign, refused
// starts from: member_fact_invitee
// mode: read
// db hits: 40 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {invitee: account})
USING INDEX SEEK fact:MemberFact(invitee)
WHERE NOT fact.voided
RETURN collect({
  at: fact.at, event: fact.id, inviter: fact.account, invitee: fact.invitee, campaign: fact.campaign,
  refused: fact.refused
}) AS rows
