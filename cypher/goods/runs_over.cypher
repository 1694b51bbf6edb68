// The runs that share codes with these spans of keys, and their items.
// parameters: rows
// columns: first, last, item
// starts from: run_first
// mode: read
// db hits: 14 a row
UNWIND $rows AS row
CALL (row) {
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first <= row.first
  WITH run, row ORDER BY run.first DESC LIMIT 1
  WHERE run.last >= row.first
  RETURN run
  UNION
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first > row.first AND run.first <= row.last
  RETURN run
}
WITH DISTINCT run
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN collect({first: run.first, last: run.last, item: coalesce(hub.first, run.first)}) AS rows
