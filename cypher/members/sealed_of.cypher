// The sealed values of identifiers.
// parameters: rows
// columns: identifier, sealed
// starts from: identifier_id
// mode: read
// db hits: 10 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.sealed IS NOT NULL
RETURN collect({identifier: id, sealed: identifier.sealed}) AS rows
