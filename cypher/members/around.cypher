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
OPTIONAL MATCH (asked)-[:OF]->(member)
WITH
  member, CASE WHEN member IS NULL THEN asked END AS alone,
  max(CASE WHEN member IS NULL AND row.whole THEN 1 ELSE 0 END) AS whole
CALL (member, alone) {
  WITH alone WHERE alone IS NOT NULL
  RETURN alone AS identifier
  UNION ALL
  WITH member WHERE member IS NOT NULL
  MATCH (member)<-[:OF]-(identifier)
  RETURN identifier
}
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
  member: member.id, pairs: pairs
}) AS rows
