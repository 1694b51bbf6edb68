// What the items of codes (by their keys) are, as derived; how often they were scanned, and whether any event in force
// names them at all.
// parameters: rows
// columns: key, item, level, sku, batch, scans, named
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS key
CALL (key) {
  MATCH (one:Run)
  USING INDEX SEEK one:Run(first)
  WHERE one.first <= key
  RETURN one ORDER BY one.first DESC LIMIT 1
}
WITH key, one WHERE one.last >= key
OPTIONAL MATCH (one)-[:SAME_ITEM_AS]->(first)
WITH key, coalesce(first, one) AS hub
RETURN
  key, hub.first AS item, hub.level AS level, hub.sku AS sku, hub.batch AS batch,
  COUNT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:SCANS]-(scan)
    WHERE NOT scan.voided
  } AS scans,
  EXISTS {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:NAMES|PACKS|INTO|EQUATES|SCANS]-(event)
    WHERE NOT event.voided
  } AS named
