// Notes when identifiers were seen, besides what is known; returns those that a leaving erases or looked
// at, and those that were never seen so early.
// parameters: rows
// columns: identifier, erasedAt, weighed, earlier
// starts from: identifier_id
// mode: write
// db hits: 24 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
WITH row, identifier, coalesce(identifier.firstSeen >= row.first, false) AS earlier
SET
  identifier.firstSeen = CASE WHEN identifier.firstSeen <= row.first THEN identifier.firstSeen ELSE row.first END,
  identifier.lastSeen = CASE WHEN identifier.lastSeen >= row.last THEN identifier.lastSeen ELSE row.last END
WITH row, identifier, earlier, EXISTS { (identifier)<-[:WEIGHS]-() } AS weighed
WHERE earlier OR weighed OR identifier.erasedAt IS NOT NULL
RETURN collect({identifier: row.identifier, erasedAt: identifier.erasedAt, weighed: weighed, earlier: earlier}) AS rows
