// The placements of orders in force, and what was paid back of them.
// parameters: rows
// columns: order, placements, refunds
// starts from: order_fact_order, refund_fact_order
// mode: read
// db hits: 80 a row
UNWIND $rows AS order
CALL (order) {
  MATCH (fact:OrderFact {order: order})
  USING INDEX SEEK fact:OrderFact(order)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.account, [(fact)-[:AT]->(store) | store.id][0], fact.body]) AS placements
}
CALL (order) {
  MATCH (fact:RefundFact {order: order})
  USING INDEX SEEK fact:RefundFact(order)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.body]) AS refunds
}
RETURN collect({order: order, placements: placements, refunds: refunds}) AS rows
