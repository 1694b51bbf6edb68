// Writes what decisions alone came to.
// parameters: rows
// columns: -
// starts from: decision_rebate
// mode: write
// db hits: 11 a row
UNWIND $rows AS row
MATCH (decision:Decision {rebate: row.id})
USING INDEX SEEK decision:Decision(rebate)
SET decision = row.now
