// The unmaskings of these identifiers.
// parameters: rows
// columns: id, at, role, subject, reason, identifiers
// starts from: identifier_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)<-[:SHOWED]-(unmasking)
WITH DISTINCT unmasking
RETURN collect({
  id: unmasking.id, at: unmasking.at, role: unmasking.role, subject: unmasking.subject, reason: unmasking.reason,
  identifiers: [(unmasking)-[:SHOWED]->(shown) | shown.id]
}) AS rows
