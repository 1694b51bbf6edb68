// The events that may pay for codes of a product, and the orders of it, from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: goods_fact_sku, product_sku
// mode: read
// db hits: 15 an event that names codes of the product
UNWIND $rows AS row
CALL (row) {
  MATCH (fact:GoodsFact {sku: row.sku})-[:NAMES]->(commissioned)
  USING INDEX SEEK fact:GoodsFact(sku)
  OPTIONAL MATCH (commissioned)-[:SAME_ITEM_AS]->(hub)
  WITH DISTINCT coalesce(hub, commissioned) AS item
  MATCH (item)<-[:SAME_ITEM_AS*0..1]-(run)
  MATCH (run)<-[:SCANS|NAMES]-(trigger)
  RETURN trigger
  UNION
  MATCH (product:Product {sku: row.sku})<-[:SELLS]-(trigger)
  USING INDEX SEEK product:Product(sku)
  RETURN trigger
}
// A label in the patterns would let a plan begin with it.
WITH row, trigger WHERE 'Trigger' IN labels(trigger) AND trigger.at >= row.from AND NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
