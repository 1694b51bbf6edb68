// When each identifier was first seen and with which others in one list, by events in force; and its member so far.
// parameters: rows
// columns: identifier, type, app, sealed, firstSeen, member, seenWith, others
// starts from: identifier_id
// mode: read
// db hits: 170 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  OPTIONAL MATCH (identifier)<-[:SHOWS]-(event) WHERE NOT event.voided
  RETURN min(event.at) AS firstSeen
}
CALL (identifier) {
  OPTIONAL MATCH (identifier)<-[one:SHOWS]-(event)-[another:SHOWS]->(other)
  WHERE NOT event.voided AND one.list = another.list
  RETURN collect(DISTINCT other.id) AS seenWith
}
RETURN collect({
  identifier: id, type: identifier.type, app: identifier.app, sealed: identifier.sealed, firstSeen: firstSeen,
  member: [(identifier)-[:OF]->(member) | member.id][0], seenWith: seenWith,
  others: [(identifier)-[:OF]->()<-[:OF]-(other) | other.id]
}) AS rows
