// The units of these products that were ever handed to parties by an instant, in whatever container, and that nobody is
// known to have opened by then.
// parameters: rows, skus, at
// columns: party, item, last
// starts from: party_id
// mode: read
// db hits: 9000 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})<-[:TO]-(fact)-[:NAMES]->(named)
USING INDEX SEEK party:Party(id)
WHERE fact.at <= $at AND NOT fact.voided
OPTIONAL MATCH (named)-[:SAME_ITEM_AS]->(hub)
WITH DISTINCT id, coalesce(hub, named) AS top
MATCH (top)<-[:INSIDE*0..6]-(run)
WHERE run.level = 'UNIT' AND run.sku IN $skus
WITH DISTINCT id, run
WHERE NOT EXISTS {
  MATCH (run)<-[:SCANS]-(scan)
  WHERE scan.account IS NOT NULL AND run.bornAt < scan.at <= $at AND NOT scan.voided
}
RETURN collect({party: id, item: run.first, last: run.last}) AS rows
