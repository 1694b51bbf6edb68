// Writes new decisions and books entries, each tied to the event that caused it, decisions to whom they pay as well; and
// ties these events to the parties that their decisions rest on. An entry that is there already breaks the constraint,
// so that nothing is ever booked twice.
// parameters: rows
// columns: -
// starts from: event_id, party_id, identifier_id
// mode: write
// db hits: 230 a row
UNWIND $rows AS row
MATCH (trigger:Event {id: row.trigger})
USING INDEX SEEK trigger:Event(id)
CALL (trigger, row) {
  UNWIND row.restsOn AS tie
  MATCH (party:Party {id: tie[1]})
  USING INDEX SEEK party:Party(id)
  CREATE (trigger)-[:$(tie[0])]->(party)
}
CALL (trigger, row) {
  UNWIND row.entries AS new
  CREATE (entry:Entry)-[:BOOKED_FOR]->(trigger)
  SET entry = new
}
UNWIND row.decisions AS new
CREATE (decision:Decision)-[:FOR]->(trigger)
SET decision = new.properties
WITH decision, new
CALL (decision, new) {
  MATCH (payee:Party {id: new.party})
  USING INDEX SEEK payee:Party(id)
  CREATE (decision)-[:PAYS]->(payee)
}
CALL (decision, new) {
  MATCH (payee:Identifier {id: new.account})
  USING INDEX SEEK payee:Identifier(id)
  CREATE (decision)-[:PAYS]->(payee)
}
