// Splits runs: the old node keeps the first piece, each further piece gets all that is known of the run.
// parameters: rows
// columns: -
// starts from: run_first
// mode: write
// db hits: 75 a row
UNWIND $rows AS row
MATCH (old:Run {first: row.first})
USING INDEX SEEK old:Run(first)
SET old.last = row.last
WITH old, row
UNWIND row.pieces AS piece
CREATE (new:Run)
SET new = old {.*, first: piece.first, last: piece.last}
WITH old, new
CALL (old, new) {
  MATCH (old)<-[:NAMES]-(event)
  CREATE (new)<-[:NAMES]-(event)
}
CALL (old, new) {
  MATCH (old)<-[:PACKS]-(event)
  CREATE (new)<-[:PACKS]-(event)
}
CALL (old, new) {
  MATCH (old)-[stay:INSIDE]->(container)
  CREATE (new)-[copy:INSIDE]->(container)
  SET copy = properties(stay)
}
