// Writes what is known of pairs of identifiers, counted anew.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 60 a row
UNWIND $rows AS row
MATCH (a:Identifier {id: row.a})
USING INDEX SEEK a:Identifier(id)
CALL (row) {
  MATCH (b:Identifier {id: row.b})
  USING INDEX SEEK b:Identifier(id)
  RETURN b
}
MERGE (a)-[pair:PAIRED]->(b)
SET pair += row.evidence
