// Marks the accrued decisions on these triggers as settled.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 120 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})<-[:FOR]-(decision:Decision)
USING INDEX SEEK trigger:Event(id)
WHERE decision.state = 'ACCRUED'
SET decision.state = 'SETTLED'
