// The members that identifiers belong to.
// parameters: rows
// columns: id, member
// starts from: identifier_id
// mode: read
// db hits: 10 a row
UNWIND $rows AS id
MATCH (anchor:Identifier {id: id})-[:OF]->(member)
USING INDEX SEEK anchor:Identifier(id)
RETURN collect({id: id, member: member.id}) AS rows
