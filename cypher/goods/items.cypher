// What items are, as derived; how often they were scanned, and whether any event in force names them at all.
// parameters: rows
// columns: item, level, sku, batch, scans, named
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
RETURN
  item, hub.level AS level, hub.sku AS sku, hub.batch AS batch,
  COUNT {
    MATCH (run:Run)-[:SAME_ITEM_AS*0..1]->(hub)
    MATCH (run)<-[:SCANS]-(scan:Scan)
    WHERE NOT scan.voided
  } AS scans,
  EXISTS {
    MATCH (run:Run)-[:SAME_ITEM_AS*0..1]->(hub)
    MATCH (run)<-[:NAMES|INTO|SCANS]-(event:Event)
    WHERE NOT event.voided
  } AS named
