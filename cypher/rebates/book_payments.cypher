// Books payments; one that is there already breaks the constraint.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 25 a row
UNWIND $rows AS row
MATCH (fact:Event {id: row.event})
USING INDEX SEEK fact:Event(id)
CREATE (payment:Payment)-[:PAID_BY]->(fact)
SET payment = row
