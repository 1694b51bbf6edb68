// What items, and whatever held them, rest on between two instants: the hand-overs that name them, the containers that
// held them, the scans of the items themselves, and what became of them as derived.
// parameters: rows, above
// columns: item, born, gone, sku, batch, level, facts, stays, scans
// starts from: run_first
// mode: read
// db hits: 900 a row
UNWIND $rows AS row
MATCH (asked:Run {first: row.item})
USING INDEX SEEK asked:Run(first)
CALL (asked, row) {
  RETURN asked AS hub, row.from AS from, row.until AS until, row.scans AS scans
  UNION ALL
  WITH asked, row WHERE $above
  MATCH (asked)-[stays:INSIDE*]->(hub)
  // Of a container counts the time in which everything below it held.
  RETURN
    hub,
    reduce(from = row.from, stay IN stays | CASE WHEN stay.from > from THEN stay.from ELSE from END) AS from,
    reduce(until = row.until, stay IN stays | CASE WHEN stay.until < until THEN stay.until ELSE until END) AS until,
    false AS scans
}
WITH hub, from, until, scans WHERE from <= until
WITH hub, min(from) AS from, max(until) AS until, max(CASE WHEN scans THEN 1 ELSE 0 END) = 1 AS scanned
RETURN collect({
  item: hub.first, born: CASE WHEN hub.bornAt IS NOT NULL THEN [hub.bornAt, hub.bornBy] END,
  gone: CASE WHEN hub.goneAt IS NOT NULL THEN [hub.goneAt, hub.goneBy] END, sku: hub.sku, batch: hub.batch,
  level: hub.level,
  facts: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:NAMES]-(fact)
    WHERE from <= fact.at <= until AND NOT fact.voided
    RETURN [
      fact.at, fact.id, fact.recordedAt, fact.type, run.first, run.last,
      fact.sender, fact.receiver, fact.salesperson, fact.sku, fact.batch, fact.level
    ]
  },
  stays: [
    (hub)-[stay:INSIDE]->(container)
    WHERE stay.from <= until AND (stay.until IS NULL OR stay.until >= from) |
    [container.first, stay.from, stay.fromEvent, stay.until, stay.untilEvent]
  ],
  scans: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:SCANS]-(scan)
    WHERE scanned AND NOT scan.voided
    RETURN [scan.at, scan.id, scan.recordedAt, scan.account]
  }
}) AS rows
