// Which of these ids is somebody who may be paid: a party, or one of a member's identifiers.
// parameters: rows
// columns: id
// starts from: party_id, identifier_id
// mode: read
// db hits: 8 a row
UNWIND $rows AS id
CALL (id) {
  MATCH (payee:Party {id: id})
  USING INDEX SEEK payee:Party(id)
  RETURN payee
  UNION
  MATCH (payee:Identifier {id: id})
  USING INDEX SEEK payee:Identifier(id)
  RETURN payee
}
RETURN DISTINCT id
