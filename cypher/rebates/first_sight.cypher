// When the first of these identifiers was seen.
// parameters: rows
// columns: at
// starts from: identifier_id
// mode: read
// db hits: 4 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
RETURN min(identifier.firstSeen) AS at
