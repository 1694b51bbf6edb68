// All that is stored of identifiers, and of their pairs with larger ids.
// parameters: rows
// columns: identifier, type, app, sealed, place, erasedAt, first, last, shared, evicted, member, pairs
// starts from: identifier_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
RETURN collect({
  identifier: id, type: identifier.type, app: identifier.app, sealed: identifier.sealed, place: identifier.place,
  erasedAt: identifier.erasedAt,
  first: identifier.firstSeen, last: identifier.lastSeen, shared: identifier.shared, evicted: identifier.evicted,
  member: [(identifier)-[:OF]->(member) | member.id][0],
  pairs: [(identifier)-[pair:PAIRED]->(other) | [other.id, properties(pair)]]
}) AS rows
