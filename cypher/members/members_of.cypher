// The members that ids, of members or of their identifiers, stand for, with all their identifiers.
// parameters: rows
// columns: id, member, identifiers
// starts from: identifier_id
// mode: read
// db hits: 80 a row
UNWIND $rows AS id
MATCH (anchor:Identifier {id: id})-[:OF]->(member)
USING INDEX SEEK anchor:Identifier(id)
RETURN collect({
  id: id, member: member.id,
  identifiers: [
    (member)<-[:OF]-(identifier) |
    [identifier.id, identifier.type, identifier.app, identifier.sealed, identifier.firstSeen, identifier.lastSeen]
  ]
}) AS rows
