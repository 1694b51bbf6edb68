// Gives the nodes of decisions alone that no longer follow to new decisions on the same events, each of which shares it
// with the entry that books it.
// parameters: rows
// columns: -
// starts from: decision_rebate
// mode: write
// db hits: 40 a row
UNWIND $rows AS row
MATCH (decision:Decision {rebate: row.id})
USING INDEX SEEK decision:Decision(rebate)
SET decision = row.now
SET decision:Entry
