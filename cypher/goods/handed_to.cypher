// The items that events handed to a party, and when.
// parameters: rows
// columns: item, at
// starts from: party_id
// mode: read
// db hits: 1000 a row
UNWIND $rows AS id
MATCH (anchor:Party {id: id})<-[:TO]-(fact)-[:NAMES]->(run)
USING INDEX SEEK anchor:Party(id)
WHERE NOT fact.voided
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN DISTINCT coalesce(hub.first, run.first) AS item, fact.at AS at
