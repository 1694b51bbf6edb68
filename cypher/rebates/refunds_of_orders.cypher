// The refunds of the orders that these events placed.
// parameters: rows
// columns: trigger, body, refunds
// starts from: event_id, refund_fact_order
// mode: read
// db hits: 25 a row
UNWIND $rows AS id
MATCH (placed:Event {id: id})
USING INDEX SEEK placed:Event(id)
CALL (placed) {
  MATCH (fact:RefundFact {order: placed.order})
  USING INDEX SEEK fact:RefundFact(order)
  WHERE NOT fact.voided
  RETURN collect([fact.id, fact.at, fact.recordedAt, fact.body]) AS refunds
}
WITH placed, refunds WHERE size(refunds) > 0
RETURN collect({trigger: placed.id, body: placed.body, refunds: refunds}) AS rows
