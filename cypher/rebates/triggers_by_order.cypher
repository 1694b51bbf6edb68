// The placements of orders.
// parameters: rows, limit
// columns: trigger
// starts from: order_fact_order
// mode: read
// db hits: 30 a row
UNWIND $rows AS row
MATCH (trigger:OrderFact {order: row.order})
USING INDEX SEEK trigger:OrderFact(order)
WHERE NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
