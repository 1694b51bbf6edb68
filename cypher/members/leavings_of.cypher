// The leavings that erase identifiers, with the names under which their accounts go on.
// parameters: rows
// columns: identifier, leavings
// starts from: identifier_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
WHERE EXISTS { (identifier)<-[:ERASES]-() }
RETURN collect({
  identifier: id, leavings: [(identifier)<-[:ERASES]-(event) | [event.at, event.id, event.pseudonym]]
}) AS rows
