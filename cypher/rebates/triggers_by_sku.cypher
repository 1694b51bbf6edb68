// The events that may pay for codes of a product, from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: goods_fact_sku
// mode: read
// db hits: 15 an event that names codes of the product
UNWIND $rows AS row
MATCH (fact:GoodsFact {sku: row.sku})-[:NAMES]->(commissioned)
USING INDEX SEEK fact:GoodsFact(sku)
OPTIONAL MATCH (commissioned)-[:SAME_ITEM_AS]->(hub)
WITH DISTINCT coalesce(hub, commissioned) AS item, row.from AS since
MATCH (item)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:SCANS|NAMES]-(trigger)
WHERE trigger.type IN ['goods.scanned', 'goods.received'] AND trigger.at >= since AND NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
