// The events in force that placed orders.
// parameters: rows
// columns: order, at, event
// starts from: order_fact_order
// mode: read
// db hits: 20 a row
UNWIND $rows AS order
MATCH (fact:OrderFact {order: order})
USING INDEX SEEK fact:OrderFact(order)
WHERE NOT fact.voided
RETURN collect({order: order, at: fact.at, event: fact.id}) AS rows
