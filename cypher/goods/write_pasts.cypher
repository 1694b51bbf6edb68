// Writes what became of items, and replaces the stays of those whose stays came out different.
// parameters: rows
// columns: -
// starts from: run_first
// mode: write
// db hits: 60 a row
UNWIND $rows AS row
MATCH (run:Run {first: row.item})
USING INDEX SEEK run:Run(first)
SET run += row.past
WITH run, row WHERE row.stays IS NOT NULL
CALL (run) {
  MATCH (run)-[old:INSIDE]->()
  DELETE old
}
UNWIND row.stays AS stay
MATCH (container:Run {first: stay.container})
USING INDEX SEEK container:Run(first)
CREATE (run)-[:INSIDE {
  from: stay.since, fromEvent: stay.sinceEvent, until: stay.until, untilEvent: stay.untilEvent
}]->(container)
