// Writes up to when nothing counts of identifiers: until the latest leaving that erases each, or that none does.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 40 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  OPTIONAL MATCH (identifier)<-[:ERASES]-(event)
  RETURN max(event.at) AS erasedAt
}
SET identifier.erasedAt = erasedAt
