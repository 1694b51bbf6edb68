// What was done for pets.
// parameters: rows
// columns: event, type, at, recordedAt, voided, pet, body
// starts from: care_fact_pet
// mode: read
// db hits: 80 a row
UNWIND $rows AS pet
MATCH (event:CareFact {pet: pet})
USING INDEX SEEK event:CareFact(pet)
RETURN collect({
  event: event.id, type: event.type, at: event.at, recordedAt: event.recordedAt, voided: event.voided,
  pet: event.pet, body: event.body
}) AS rows
