// Identifiers, what is stored of them, and their pairs; of one that is shared only where `whole` asks for them.
// parameters: rows
// columns: identifier, type, app, sealed, first, last, shared, evicted, member, pairs
// starts from: identifier_id
// mode: read
// db hits: 150 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier, row) {
  WITH identifier, row
  WHERE row.whole OR identifier.shared IS NULL
  MATCH (identifier)-[pair:PAIRED]-(other)
  RETURN collect([
    other.id, other.type, other.shared, pair.first, pair.last, pair.count, pair.spoiled, pair.linkedFirst, pair.linkedLast,
    pair.apart, pair.refused, pair.namespace, pair.rivals
  ]) AS pairs
}
RETURN collect({
  identifier: row.identifier, type: identifier.type, app: identifier.app, sealed: identifier.sealed,
  first: identifier.firstSeen, last: identifier.lastSeen, shared: identifier.shared, evicted: identifier.evicted,
  member: [(identifier)-[:OF]->(member) | member.id][0], pairs: pairs
}) AS rows
