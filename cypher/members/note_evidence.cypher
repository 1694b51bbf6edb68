// Notes when identifiers were seen, and adds new evidence to pairs of them, besides what is known. Tells the identifiers
// that a leaving erases or looked at, and those that were never seen so early; those that are members already and are
// paired with nobody else; and the pairs that were released or erased, to be counted anew.
// parameters: seen, pairs
// columns: marks, alone, again
// starts from: identifier_id
// mode: write
// db hits: 60 an identifier or pair
CALL () {
  UNWIND $seen AS row
  MATCH (identifier:Identifier {id: row.identifier})
  USING INDEX SEEK identifier:Identifier(id)
  WITH row, identifier, coalesce(identifier.firstSeen >= row.first, false) AS earlier
  SET
    identifier.firstSeen = CASE WHEN identifier.firstSeen <= row.first THEN identifier.firstSeen ELSE row.first END,
    identifier.lastSeen = CASE WHEN identifier.lastSeen >= row.last THEN identifier.lastSeen ELSE row.last END
  WITH row, identifier, earlier, EXISTS { (identifier)<-[:WEIGHS]-() } AS weighed
  WITH row, identifier, earlier, weighed, earlier OR weighed OR identifier.erasedAt IS NOT NULL AS marked
  RETURN
    collect(CASE WHEN marked THEN {
      identifier: row.identifier, erasedAt: identifier.erasedAt, weighed: weighed, earlier: earlier
    } END) AS marks,
    collect(CASE WHEN NOT marked AND EXISTS { (identifier)-[:OF]->() } AND NOT EXISTS { (identifier)-[:PAIRED]-() }
      THEN row.identifier END) AS alone
}
CALL () {
  UNWIND $pairs AS row
  MATCH (a:Identifier {id: row.a})
  USING INDEX SEEK a:Identifier(id)
  CALL (row) {
    MATCH (b:Identifier {id: row.b})
    USING INDEX SEEK b:Identifier(id)
    RETURN b
  }
  MERGE (a)-[pair:PAIRED]->(b)
  SET
    pair.first = CASE WHEN pair.first <= row.first THEN pair.first ELSE coalesce(row.first, pair.first) END,
    pair.last = CASE WHEN pair.last >= row.last THEN pair.last ELSE coalesce(row.last, pair.last) END,
    pair.count = CASE WHEN row.count > 0 THEN coalesce(pair.count, 0) + row.count ELSE pair.count END,
    pair.spoiled = CASE WHEN row.spoiled > 0 THEN coalesce(pair.spoiled, 0) + row.spoiled ELSE pair.spoiled END,
    pair.sources = CASE
      WHEN all(source IN row.sources WHERE source IN coalesce(pair.sources, [])) THEN pair.sources
      ELSE coalesce(pair.sources, []) + [source IN row.sources WHERE NOT source IN coalesce(pair.sources, [])]
    END
  WITH row, a, b, pair WHERE pair.released IS NOT NULL OR a.erasedAt IS NOT NULL OR b.erasedAt IS NOT NULL
  RETURN collect({a: row.a, b: row.b}) AS again
}
RETURN marks, alone, again
