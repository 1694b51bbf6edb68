// The orders of accounts, in force.
// parameters: rows
// columns: account, at, event, order, channel, store, paidFen, isDelivered
// starts from: order_fact_account
// mode: read
// db hits: 200 a row
UNWIND $rows AS account
MATCH (placed:OrderFact {account: account})
USING INDEX SEEK placed:OrderFact(account)
WHERE NOT placed.voided
RETURN collect({
  account: account, at: placed.at, event: placed.id, order: placed.order, channel: placed.channel,
  store: [(placed)-[:AT]->(store) | store.id][0], paidFen: placed.paidFen, isDelivered: placed.lat IS NOT NULL
}) AS rows
