// The containers that held an item between two instants, and since when it exists.
// parameters: rows
// columns: item, container, since, sinceEvent, until, untilEvent
// starts from: run_first
// mode: read
// db hits: 15 a row
UNWIND $rows AS row
MATCH (hub:Run {first: row.item})
MATCH (hub)-[stay:INSIDE]->(container)
WHERE stay.from <= row.until AND (stay.until IS NULL OR stay.until >= row.from)
RETURN
  row.item AS item, container.first AS container,
  stay.from AS since, stay.fromEvent AS sinceEvent, stay.until AS until, stay.untilEvent AS untilEvent
