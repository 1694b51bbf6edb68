// Writes which member each identifier belongs to, or why to none.
// parameters: rows
// columns: -
// starts from: identifier_id, member_id
// mode: write
// db hits: 40 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
SET identifier.shared = row.shared, identifier.evicted = row.evicted
WITH identifier, row
CALL (identifier) {
  MATCH (identifier)-[old:OF]->()
  DELETE old
}
WITH identifier, row WHERE row.member IS NOT NULL
MERGE (member:Member {id: row.member})
CREATE (identifier)-[:OF]->(member)
