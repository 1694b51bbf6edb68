// Ties each run to the first run of its item, and clears what was derived of it under another name.
// parameters: rows
// columns: -
// starts from: run_first
// mode: write
// db hits: 40 a row
UNWIND $rows AS row
MATCH (run:Run {first: row.run})
USING INDEX SEEK run:Run(first)
CALL (run) {
  OPTIONAL MATCH (run)-[old:SAME_ITEM_AS|INSIDE]->()
  DELETE old
}
SET run += {bornAt: null, bornBy: null, goneAt: null, goneBy: null, sku: null, batch: null, level: null}
WITH run, row WHERE row.item <> row.run
MATCH (hub:Run {first: row.item})
USING INDEX SEEK hub:Run(first)
CREATE (run)-[:SAME_ITEM_AS]->(hub)
