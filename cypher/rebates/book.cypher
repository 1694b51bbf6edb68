// Books entries; one that is there already breaks the constraint, so that nothing is ever booked twice.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 95 a row
UNWIND $rows AS row
MATCH (trigger:Event {id: row.trigger})
USING INDEX SEEK trigger:Event(id)
UNWIND row.entries AS new
CREATE (entry:Entry)-[:BOOKED_FOR]->(trigger)
SET entry = new
