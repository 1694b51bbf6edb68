// Writes why pairs of identifiers are not linked, or that nothing stands against them.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 40 a row
UNWIND $rows AS row
MATCH (a:Identifier {id: row.a})
USING INDEX SEEK a:Identifier(id)
MATCH (b:Identifier {id: row.b})
USING INDEX SEEK b:Identifier(id)
MATCH (a)-[pair:PAIRED]->(b)
SET pair.refused = row.reason, pair.namespace = row.namespace
