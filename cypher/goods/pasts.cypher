// What became of items and which containers held them, as derived so far.
// parameters: rows
// columns: item, born, gone, sku, batch, level, stays
// starts from: run_first
// mode: read
// db hits: 40 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
RETURN collect({
  item: item, born: CASE WHEN hub.bornAt IS NOT NULL THEN [hub.bornAt, hub.bornBy] END,
  gone: CASE WHEN hub.goneAt IS NOT NULL THEN [hub.goneAt, hub.goneBy] END, sku: hub.sku, batch: hub.batch,
  level: hub.level,
  stays: [
    (hub)-[stay:INSIDE]->(container) |
    [container.first, stay.from, stay.fromEvent, stay.until, stay.untilEvent]
  ]
}) AS rows
