// The member that each identifier belongs to, as derived so far.
// parameters: rows
// columns: identifier, firstSeen, member
// starts from: identifier_id
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
OPTIONAL MATCH (identifier)-[:OF]->(member)
RETURN collect({identifier: id, firstSeen: identifier.firstSeen, member: member.id}) AS rows
