// The next identifiers by id.
// parameters: after, limit
// columns: key
// starts from: identifier_id
// mode: read
// db hits: 3 a key
MATCH (identifier:Identifier)
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.id > $after
RETURN identifier.id AS key ORDER BY key LIMIT $limit
