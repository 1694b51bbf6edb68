// The cartons that hand-overs between two instants name, or that ever were in what they name.
// parameters: rows
// columns: item, last
// starts from: event_type_at
// mode: read
// db hits: 60 an event
UNWIND $rows AS row
MATCH (fact:Event)
USING INDEX SEEK fact:Event(type, at)
WHERE fact.type = row.type AND row.from <= fact.at < row.to AND NOT fact.voided
MATCH (fact)-[:NAMES]->(named)
OPTIONAL MATCH (named)-[:SAME_ITEM_AS]->(hub)
WITH DISTINCT coalesce(hub, named) AS item
MATCH (carton)-[:INSIDE*0..6]->(item)
WHERE carton.level = 'CARTON'
WITH DISTINCT carton
RETURN collect({item: carton.first, last: carton.last}) AS rows
