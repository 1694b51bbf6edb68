// Every item that some packing in force, whether it counts or not, puts into a container.
// parameters: rows
// columns: container, item
// starts from: run_first
// mode: read
// db hits: 40 a row
UNWIND $rows AS container
MATCH (hub:Run {first: container})
MATCH (run:Run)-[:SAME_ITEM_AS*0..1]->(hub)
MATCH (run)<-[:INTO]-(fact:PackingFact)-[:NAMES]->(child:Run)
WHERE fact.type = 'goods.packed' AND NOT fact.voided
OPTIONAL MATCH (child)-[:SAME_ITEM_AS]->(childHub:Run)
RETURN DISTINCT container, coalesce(childHub.first, child.first) AS item
