// Adds new evidence to pairs of identifiers; returns those that were released or erased, to be counted anew.
// parameters: rows
// columns: a, b
// starts from: identifier_id
// mode: write
// db hits: 60 a row
UNWIND $rows AS row
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
RETURN collect({a: row.a, b: row.b}) AS rows
