// A value that is sealed in this graph, if there is any.
// parameters: -
// columns: sealed
// starts from: identifier_id
// mode: read
// db hits: 2000 in all
MATCH (identifier:Identifier)
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.id > '' AND identifier.sealed IS NOT NULL
RETURN identifier.sealed AS sealed LIMIT 1
