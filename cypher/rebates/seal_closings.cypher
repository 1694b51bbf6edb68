// Lets closings take effect: they freeze what was booked before their block.
// parameters: rows, block
// columns: -
// starts from: event_id
// mode: write
// db hits: 8 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
SET fact.block = $block
