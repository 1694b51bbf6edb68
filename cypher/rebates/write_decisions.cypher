// Writes decisions, new or changed, and ties them to the event that caused them.
// parameters: rows
// columns: -
// starts from: event_id, decision_id
// mode: write
// db hits: 120 a row
UNWIND $rows AS row
MATCH (trigger:Event {id: row.trigger})
MERGE (decision:Decision {id: row.id})
ON CREATE SET decision = row
ON MATCH SET decision = row
MERGE (decision)-[:FOR]->(trigger)
