// Every item that some packing in force, whether it counts or not, puts into a container.
// parameters: rows
// columns: container, item
// starts from: run_first
// mode: read
// db hits: 1450 a row
UNWIND $rows AS container
MATCH (hub:Run {first: container})
USING INDEX SEEK hub:Run(first)
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:INTO]-(fact)-[:PACKS]->(child)
WHERE fact.type = 'goods.packed' AND NOT fact.voided
OPTIONAL MATCH (child)-[:SAME_ITEM_AS]->(childHub)
WITH DISTINCT container, coalesce(childHub.first, child.first) AS item
RETURN collect({container: container, item: item}) AS rows
