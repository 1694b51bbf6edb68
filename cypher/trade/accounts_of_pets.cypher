// The accounts that pets were ever registered to.
// parameters: rows
// columns: pet, account
// starts from: member_fact_pet
// mode: read
// db hits: 20 a row
UNWIND $rows AS pet
MATCH (fact:MemberFact {pet: pet})
USING INDEX SEEK fact:MemberFact(pet)
WHERE fact.account IS NOT NULL
WITH DISTINCT pet, fact.account AS account
RETURN collect({pet: pet, account: account}) AS rows
