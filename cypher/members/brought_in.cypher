// The invitations by which accounts were brought in: those that count, by or of members who left, too.
// parameters: rows
// columns: account, event, at, inviter, campaign
// starts from: member_fact_invitee
// mode: read
// db hits: 30 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {invitee: account})
USING INDEX SEEK fact:MemberFact(invitee)
WHERE NOT fact.voided AND fact.refused IS NULL
RETURN collect({
  account: account, event: fact.id, at: fact.at, inviter: fact.account, campaign: fact.campaign
}) AS rows
