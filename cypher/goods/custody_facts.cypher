// The facts that make, pack, unpack, destroy or alias an item, and the containers that packings put it into.
// parameters: rows
// columns: item, run, container, containerItem, event, at, recordedAt, type, sku, batch, level
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
CALL (run) {
  MATCH (run)<-[:NAMES]-(fact)
  WHERE fact.type IN ['goods.commissioned', 'goods.destroyed'] AND NOT fact.voided
  RETURN run AS named, fact, null AS container
  UNION ALL
  MATCH (run)<-[:PACKS]-(fact)-[:INTO]->(container)
  WHERE NOT fact.voided
  RETURN run AS named, fact, container
  UNION ALL
  MATCH (run)<-[:INTO]-(fact)
  WHERE fact.type = 'goods.packed' AND NOT fact.voided
  RETURN null AS named, fact, run AS container
  UNION ALL
  MATCH (run)<-[:EQUATES]-(fact)
  WHERE NOT fact.voided
  RETURN run AS named, fact, null AS container
}
OPTIONAL MATCH (container)-[:SAME_ITEM_AS]->(containerHub)
RETURN
  item, named.first AS run, container.first AS container, coalesce(containerHub.first, container.first) AS containerItem,
  fact.id AS event, fact.at AS at, fact.recordedAt AS recordedAt, fact.type AS type,
  fact.sku AS sku, fact.batch AS batch, fact.level AS level
