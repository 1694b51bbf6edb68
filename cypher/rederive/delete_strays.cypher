// Deletes decisions that hang on no event, and members that no identifier belongs to.
// parameters: rows
// columns: -
// starts from: decision_id, member_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS id
CALL (id) {
  MATCH (decision:Decision {id: id})
  USING INDEX SEEK decision:Decision(id)
  DETACH DELETE decision
}
CALL (id) {
  MATCH (member:Member {id: id})
  USING INDEX SEEK member:Member(id)
  DETACH DELETE member
}
