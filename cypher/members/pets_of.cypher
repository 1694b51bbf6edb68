// The pets that were ever registered to accounts: all their registrations in force, and their care.
// parameters: rows
// columns: account, pet, registrations, cares
// starts from: member_fact_account, member_fact_pet, care_fact_pet
// mode: read
// db hits: 150 a row
UNWIND $rows AS account
MATCH (mine:MemberFact {account: account})
USING INDEX SEEK mine:MemberFact(account)
WHERE mine.pet IS NOT NULL AND NOT mine.voided
WITH DISTINCT account, mine.pet AS pet
CALL (pet) {
  MATCH (fact:MemberFact {pet: pet})
  USING INDEX SEEK fact:MemberFact(pet)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.account, fact.body]) AS registrations
}
CALL (pet) {
  MATCH (fact:CareFact {pet: pet})-[:AT]->(store)
  USING INDEX SEEK fact:CareFact(pet)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.service, store.id, fact.body]) AS cares
}
RETURN collect({account: account, pet: pet, registrations: registrations, cares: cares}) AS rows
