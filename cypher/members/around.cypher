// Identifiers and those of the same members, what is stored of them, and their pairs; of one that is shared only where
// `whole` asks for them.
// parameters: rows
// columns: identifier, type, app, sealed, place, first, last, shared, evicted, member, pairs
// starts from: identifier_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS row
MATCH (asked:Identifier {id: row.identifier})
USING INDEX SEEK asked:Identifier(id)
UNWIND [asked] + [(asked)-[:OF]->()<-[:OF]-(other) | other] AS identifier
WITH identifier, max(CASE WHEN row.whole AND identifier = asked THEN 1 ELSE 0 END) AS whole
CALL (identifier, whole) {
  WITH identifier, whole
  WHERE whole = 1 OR identifier.shared IS NULL
  MATCH (identifier)-[pair:PAIRED]-(other)
  RETURN collect([
    other.id, other.type, other.shared, pair.first, pair.last, pair.count, pair.spoiled, pair.linkedFirst, pair.linkedLast,
    pair.apart, pair.refused, pair.namespace
  ]) AS pairs
}
RETURN collect({
  identifier: identifier.id, type: identifier.type, app: identifier.app, sealed: identifier.sealed, place: identifier.place,
  first: identifier.firstSeen, last: identifier.lastSeen, shared: identifier.shared, evicted: identifier.evicted,
  member: [(identifier)-[:OF]->(member) | member.id][0], pairs: pairs
}) AS rows
