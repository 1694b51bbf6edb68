// Takes back decisions that no longer follow from the facts.
// parameters: rows
// columns: -
// starts from: decision_id
// mode: write
// db hits: 6 a row
UNWIND $rows AS id
MATCH (decision:Decision {id: id})
USING INDEX SEEK decision:Decision(id)
DETACH DELETE decision
