// What items are, as derived; how often they were scanned, and whether any event in force names them at all.
// parameters: rows
// columns: item, level, sku, batch, scans, named
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
RETURN
  item, hub.level AS level, hub.sku AS sku, hub.batch AS batch,
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
