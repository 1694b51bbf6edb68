// The hand-overs that name an item, between two instants.
// parameters: rows
// columns: item, run, last, event, at, recordedAt, type, sender, receiver, salesperson, sku, batch, level
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS row
MATCH (hub:Run {first: row.item})
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:NAMES]-(fact)
WHERE row.from <= fact.at <= row.until AND NOT fact.voided
RETURN
  row.item AS item, run.first AS run, run.last AS last,
  fact.id AS event, fact.at AS at, fact.recordedAt AS recordedAt, fact.type AS type,
  [(fact)-[:FROM]->(party) | party.id][0] AS sender,
  [(fact)-[:TO]->(party) | party.id][0] AS receiver,
  [(fact)-[:CARRIED_BY]->(party) | party.id][0] AS salesperson,
  fact.sku AS sku, fact.batch AS batch, fact.level AS level
