// What sort of identifiers these are, and whose; never their values.
// parameters: rows
// columns: identifier, type, app, since, member
// starts from: identifier_id
// mode: read
// db hits: 15 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
OPTIONAL MATCH (identifier)-[:OF]->(member)
RETURN collect({
  identifier: id, type: identifier.type, app: identifier.app, since: identifier.firstSeen, member: member.id
}) AS rows
