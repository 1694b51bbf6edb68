// The orders of these numbers, in force, and whose they are.
// parameters: rows
// columns: account, at, event, order, channel, store, paidFen, isDelivered
// starts from: order_fact_order
// mode: read
// db hits: 30 a row
UNWIND $rows AS order
MATCH (placed:OrderFact {order: order})
USING INDEX SEEK placed:OrderFact(order)
WHERE NOT placed.voided
RETURN collect({
  account: placed.account, at: placed.at, event: placed.id, order: placed.order, channel: placed.channel,
  store: [(placed)-[:AT]->(store) | store.id][0], paidFen: placed.paidFen, isDelivered: placed.lat IS NOT NULL
}) AS rows
