// The stores that members chose, and where they registered, by their accounts.
// parameters: rows
// columns: account, type, at, event, store, clerk, promoCode
// starts from: member_fact_account
// mode: read
// db hits: 100 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {account: account})
USING INDEX SEEK fact:MemberFact(account)
WHERE fact.type IN ['store.chosen', 'member.registered'] AND NOT fact.voided
RETURN collect({
  account: account, type: fact.type, at: fact.at, event: fact.id, store: [(fact)-[:AT]->(store) | store.id][0],
  clerk: [(fact)-[:SERVED_BY]->(clerk) | clerk.id][0], promoCode: fact.promoCode
}) AS rows
