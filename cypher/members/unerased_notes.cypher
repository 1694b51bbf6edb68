// What was noted of the care of pets that only members who left registered, and holds a note still.
// parameters: rows
// columns: event, body
// starts from: member_fact_pet, care_fact_pet
// mode: read
// db hits: 60 a row
UNWIND $rows AS pet
CALL (pet) {
  MATCH (registration:MemberFact {pet: pet})
  USING INDEX SEEK registration:MemberFact(pet)
  RETURN count(registration) AS registrations, count(registration.erased) AS erased
}
WITH pet, registrations, erased WHERE registrations > 0 AND registrations = erased
MATCH (care:CareFact {pet: pet})
USING INDEX SEEK care:CareFact(pet)
WHERE care.erased IS NULL
RETURN collect({event: care.id, body: care.body}) AS rows
