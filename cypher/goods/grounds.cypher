// What the items of the codes in these spans of keys rest on: the ids of events that name them, voided ones included,
// and the containers that held them. Runs that rest on the same come together, each with its scans; an item of several
// runs comes by name.
// parameters: rows
// columns: item, born, named, stays, runs
// starts from: run_first
// mode: read
// db hits: 150 a row
UNWIND $rows AS row
CALL (row) {
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first <= row.first
  WITH run, row ORDER BY run.first DESC LIMIT 1
  WHERE run.last >= row.first
  RETURN run
  UNION ALL
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first > row.first AND run.first <= row.last
  RETURN run
}
WITH DISTINCT run
WITH run,
  CASE WHEN EXISTS { (run)-[:SAME_ITEM_AS]-() }
    THEN coalesce(head([(run)-[:SAME_ITEM_AS]->(hub) | hub.first]), run.first)
  END AS item,
  CASE WHEN run.bornAt IS NOT NULL THEN [run.bornAt, run.bornBy] END AS born,
  [(run)<-[:NAMES]-(fact) | fact.id] AS named,
  [(run)-[stay:INSIDE]->(container) |
    [container.first, stay.from, stay.fromEvent, stay.until, stay.untilEvent]] AS stays,
  [(run)<-[:SCANS]-(scan) WHERE NOT scan.voided | [scan.at, scan.id, scan.recordedAt, scan.account]] AS scans
WITH item, born, named, stays, collect([run.first, run.last, scans]) AS runs
RETURN collect({item: item, born: born, named: named, stays: stays, runs: runs}) AS rows
