// Which of these events name a clerk, or the promo code of one.
// parameters: rows
// columns: event, type, hasClerk
// starts from: event_id
// mode: read
// db hits: 20 a row
UNWIND $rows AS event
MATCH (fact:Event {id: event})
USING INDEX SEEK fact:Event(id)
RETURN collect({
  event: event, type: fact.type, hasClerk: fact.promoCode IS NOT NULL OR EXISTS { (fact)-[:SERVED_BY]->() }
}) AS rows
