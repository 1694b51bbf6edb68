// The stores that members chose or registered at, by their accounts.
// parameters: rows
// columns: account, type, at, event, store
// starts from: member_fact_account
// mode: read
// db hits: 80 a row
UNWIND $rows AS account
MATCH (fact:MemberFact {account: account})
USING INDEX SEEK fact:MemberFact(account)
WHERE fact.type IN ['store.chosen', 'member.registered'] AND NOT fact.voided
MATCH (fact)-[:AT]->(store)
RETURN collect({account: account, type: fact.type, at: fact.at, event: fact.id, store: store.id}) AS rows
