// All identifiers of some types that what links may reach from one, however long the way is; no way leads over a shared one.
// parameters: identifier, types
// columns: identifier
// starts from: identifier_id
// mode: read
// db hits: 60 an identifier that is reached
MATCH (start:Identifier {id: $identifier})
USING INDEX SEEK start:Identifier(id)
MATCH path = (start)-[:PAIRED*0..]-(other)
WHERE all(
    pair IN relationships(path)
    WHERE pair.count IS NOT NULL OR pair.linkedFirst IS NOT NULL OR pair.refused IS NOT NULL
  )
  AND all(node IN nodes(path) WHERE node.shared IS NULL AND node.type IN $types)
RETURN DISTINCT other.id AS identifier
