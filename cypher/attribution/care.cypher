// The pets that were ever registered to accounts: all their registrations, and their visits at stores.
// parameters: rows
// columns: pet, registrations, visits
// starts from: member_fact_account, member_fact_pet, care_fact_pet
// mode: read
// db hits: 150 a row
UNWIND $rows AS account
MATCH (mine:MemberFact {account: account})
USING INDEX SEEK mine:MemberFact(account)
WHERE mine.pet IS NOT NULL AND NOT mine.voided
WITH DISTINCT mine.pet AS pet
CALL (pet) {
  MATCH (fact:MemberFact {pet: pet})
  USING INDEX SEEK fact:MemberFact(pet)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.account]) AS registrations
}
CALL (pet) {
  MATCH (fact:CareFact {pet: pet})-[:AT]->(store)
  USING INDEX SEEK fact:CareFact(pet)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, store.id]) AS visits
}
RETURN collect({pet: pet, registrations: registrations, visits: visits}) AS rows
