// What accounts consented to, and withdrew.
// parameters: rows
// columns: account, type, at, event, purposes
// starts from: member_fact_account
// mode: read
// db hits: 80 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {account: account})
USING INDEX SEEK fact:MemberFact(account)
WHERE fact.type IN ['member.registered', 'member.consented', 'member.withdrew'] AND NOT fact.voided
RETURN collect({
  account: account, type: fact.type, at: fact.at, event: fact.id, purposes: coalesce(fact.purposes, [])
}) AS rows
