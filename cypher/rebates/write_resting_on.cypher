// Ties scans to the parties that their decisions rest on.
// parameters: rows
// columns: -
// starts from: event_id, party_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
CALL (event, row) {
  MATCH (party:Party {id: row.party})
  USING INDEX SEEK party:Party(id)
  CREATE (event)-[:$(row.relation)]->(party)
}
