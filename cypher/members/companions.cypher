// Whom identifiers were ever seen with, or paired.
// parameters: rows
// columns: identifier, other
// starts from: identifier_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  MATCH (identifier)<-[:SHOWS]-()-[:SHOWS]->(other)
  WHERE other <> identifier
  RETURN other.id AS other
  UNION
  MATCH (identifier)-[:PAIRED]-(other)
  RETURN other.id AS other
}
WITH DISTINCT id, other
RETURN collect({identifier: id, other: other}) AS rows
