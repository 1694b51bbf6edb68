// Writes new decisions and books entries, each tied to the event that caused it, with one node for both where they say
// the same; and ties these events to the parties that their decisions rest on. An entry that is there already breaks
// the constraint, so that nothing is booked twice.
// parameters: rows
// columns: -
// starts from: event_id, party_id
// mode: write
// db hits: 200 a row
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
  UNWIND row.shared AS new
  CREATE (both:Decision:Entry)-[:FOR]->(trigger)
  SET both = new
}
CALL (trigger, row) {
  UNWIND row.entries AS new
  CREATE (entry:Entry)-[:FOR]->(trigger)
  SET entry = new
}
UNWIND row.decisions AS new
CREATE (decision:Decision)-[:FOR]->(trigger)
SET decision = new
