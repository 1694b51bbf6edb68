// Ties scans to the parties that their decisions rest on.
// parameters: rows
// columns: -
// starts from: event_id, party_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
CALL (event, row) {
  MATCH (party:Party {id: row.party})
  CREATE (event)-[:$(row.relation)]->(party)
}
