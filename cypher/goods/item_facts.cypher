// What items rest on between two instants: the hand-overs that name them, the containers that held them, their scans,
// and what became of them as derived.
// parameters: rows
// columns: item, born, gone, sku, batch, level, facts, stays, scans
// starts from: run_first
// mode: read
// db hits: 300 a row
UNWIND $rows AS row
MATCH (hub:Run {first: row.item})
USING INDEX SEEK hub:Run(first)
RETURN collect({
  item: row.item, born: CASE WHEN hub.bornAt IS NOT NULL THEN [hub.bornAt, hub.bornBy] END,
  gone: CASE WHEN hub.goneAt IS NOT NULL THEN [hub.goneAt, hub.goneBy] END, sku: hub.sku, batch: hub.batch,
  level: hub.level,
  facts: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:NAMES]-(fact)
    WHERE row.from <= fact.at <= row.until AND NOT fact.voided
    RETURN [
      fact.at, fact.id, fact.recordedAt, fact.type, run.first, run.last,
      fact.sender, fact.receiver, fact.salesperson, fact.sku, fact.batch, fact.level
    ]
  },
  stays: [
    (hub)-[stay:INSIDE]->(container)
    WHERE stay.from <= row.until AND (stay.until IS NULL OR stay.until >= row.from) |
    [container.first, stay.from, stay.fromEvent, stay.until, stay.untilEvent]
  ],
  scans: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:SCANS]-(scan)
    WHERE row.scans AND NOT scan.voided
    RETURN [scan.at, scan.id, scan.recordedAt, scan.account]
  }
}) AS rows
