// Deletes decisions alone that hang on no event, and members that no identifier belongs to.
// parameters: rows
// columns: -
// starts from: decision_rebate, member_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS id
CALL (id) {
  MATCH (decision:Decision {rebate: id})
  USING INDEX SEEK decision:Decision(rebate)
  DETACH DELETE decision
}
CALL (id) {
  MATCH (member:Member {id: id})
  USING INDEX SEEK member:Member(id)
  DETACH DELETE member
}
