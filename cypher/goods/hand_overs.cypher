// What events that hand items over say, as far as they are in force.
// parameters: rows
// columns: event, at, recordedAt, type, sender, receiver, salesperson, sku, batch, level
// starts from: event_id
// mode: read
// db hits: 20 a row
UNWIND $rows AS event
MATCH (fact:Event {id: event})
USING INDEX SEEK fact:Event(id)
WHERE NOT fact.voided
RETURN collect({
  event: event, at: fact.at, recordedAt: fact.recordedAt, type: fact.type, sender: fact.sender,
  receiver: fact.receiver, salesperson: fact.salesperson, sku: fact.sku, batch: fact.batch, level: fact.level
}) AS rows
