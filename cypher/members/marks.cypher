// Which of these identifiers a leaving erases or looked at, and up to when nothing counts of them.
// parameters: rows
// columns: identifier, erasedAt, weighed
// starts from: identifier_id
// mode: read
// db hits: 14 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
WITH id, identifier, EXISTS { (identifier)<-[:WEIGHS]-() } AS weighed
WHERE weighed OR identifier.erasedAt IS NOT NULL
RETURN collect({identifier: id, erasedAt: identifier.erasedAt, weighed: weighed}) AS rows
