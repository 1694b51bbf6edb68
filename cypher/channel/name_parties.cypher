// Ties events to the parties that they name; a party that no event has introduced yet is only an id.
// parameters: rows
// columns: -
// starts from: event_id, party_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MERGE (party:Party {id: row.party})
CREATE (event)-[:$(row.relation)]->(party)
