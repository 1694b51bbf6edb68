// When triggers happened, and the last block that holds something of them; 0 for none.
// parameters: rows
// columns: trigger, at, block
// starts from: event_id
// mode: read
// db hits: 90 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})
USING INDEX SEEK trigger:Event(id)
OPTIONAL MATCH (trigger)<-[:FOR]-(booked)
RETURN id AS trigger, trigger.at AS at, coalesce(max(booked.block), 0) AS block
