// The item that each code (by its key) belongs to: its run, or the first run of all aliases of the item.
// parameters: rows
// columns: key, first, last, item
// starts from: run_first
// mode: read
// db hits: 10 a row
UNWIND $rows AS key
CALL (key) {
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first <= key
  RETURN run ORDER BY run.first DESC LIMIT 1
}
WITH key, run WHERE run.last >= key
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN key, run.first AS first, run.last AS last, coalesce(hub.first, run.first) AS item
