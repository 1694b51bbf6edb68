// The accounts under which somebody registered, and when first.
// parameters: rows
// columns: account, at
// starts from: member_fact_account
// mode: read
// db hits: 60 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {account: account})
USING INDEX SEEK fact:MemberFact(account)
WHERE fact.type = 'member.registered' AND NOT fact.voided
WITH account, min(fact.at) AS at
RETURN collect({account: account, at: at}) AS rows
