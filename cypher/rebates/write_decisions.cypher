// Writes new decisions, and ties each to the event that caused it and to whom it pays.
// parameters: rows
// columns: -
// starts from: event_id, party_id, identifier_id
// mode: write
// db hits: 95 a row
UNWIND $rows AS row
MATCH (trigger:Event {id: row.trigger})
UNWIND row.decisions AS new
CREATE (decision:Decision)-[:FOR]->(trigger)
SET decision = new.properties
WITH decision, new
CALL (decision, new) {
  MATCH (payee:Party {id: new.party})
  CREATE (decision)-[:PAYS]->(payee)
}
CALL (decision, new) {
  MATCH (payee:Identifier {id: new.account})
  CREATE (decision)-[:PAYS]->(payee)
}
