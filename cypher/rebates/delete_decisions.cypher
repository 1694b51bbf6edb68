// Takes back decisions alone that no longer follow from the facts.
// parameters: rows
// columns: -
// starts from: decision_rebate
// mode: write
// db hits: 6 a row
UNWIND $rows AS id
MATCH (decision:Decision {rebate: id})
USING INDEX SEEK decision:Decision(rebate)
DETACH DELETE decision
