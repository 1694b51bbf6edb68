// Writes decisions that came out different; whom they pay is part of what they are and stays.
// parameters: rows
// columns: -
// starts from: decision_id
// mode: write
// db hits: 11 a row
UNWIND $rows AS row
MATCH (decision:Decision {id: row.id})
USING INDEX SEEK decision:Decision(id)
SET decision = row
