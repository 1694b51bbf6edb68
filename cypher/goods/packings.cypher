// The packings and unpackings that name an item as a child, whether they count or not, and the code of the container.
// parameters: rows
// columns: item, event, at, type, container, containerItem
// starts from: run_first
// mode: read
// db hits: 150 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:PACKS]-(fact)-[:INTO]->(container)
WHERE NOT fact.voided
OPTIONAL MATCH (container)-[:SAME_ITEM_AS]->(containerHub)
RETURN DISTINCT item,
  fact.id AS event, fact.at AS at, fact.type AS type, container.first AS container,
  coalesce(containerHub.first, container.first) AS containerItem
