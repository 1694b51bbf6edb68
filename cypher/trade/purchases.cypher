// What accounts bought: items scanned first by them, sold to them at a till, ordered by them; and sales and orders of nobody
// that they claimed later, by a scan or a registration that names the order.
// parameters: rows
// columns: account, event, at, items, skus
// starts from: event_account, goods_fact_order, order_fact_order
// mode: read
// db hits: 900 a row
UNWIND $rows AS account
MATCH (own:Event {account: account})
USING INDEX SEEK own:Event(account)
WHERE own.type IN ['goods.scanned', 'goods.sold', 'order.placed', 'member.registered'] AND NOT own.voided
CALL (own) {
  WITH own WHERE own.type <> 'member.registered'
  RETURN own AS bought
  UNION
  WITH own WHERE own.type IN ['goods.scanned', 'member.registered'] AND own.order IS NOT NULL
  MATCH (bought:GoodsFact {order: own.order})
  USING INDEX SEEK bought:GoodsFact(order)
  WHERE bought.type = 'goods.sold' AND bought.account IS NULL AND NOT bought.voided
  RETURN bought
  UNION
  WITH own WHERE own.type IN ['goods.scanned', 'member.registered'] AND own.order IS NOT NULL
  MATCH (bought:OrderFact {order: own.order})
  USING INDEX SEEK bought:OrderFact(order)
  WHERE bought.account IS NULL AND NOT bought.voided
  RETURN bought
}
WITH DISTINCT account, bought
CALL (bought) {
  MATCH (bought)-[:SCANS|NAMES|ORDERS]->(run)
  WHERE bought.type <> 'goods.scanned' OR NOT EXISTS {
    MATCH (run)<-[:SCANS]-(earlier)
    WHERE NOT earlier.voided AND earlier.account IS NOT NULL
      AND (earlier.at < bought.at OR (earlier.at = bought.at AND earlier.id < bought.id))
  }
  OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
  WITH coalesce(hub, run) AS item
  RETURN collect([item.first, item.sku]) AS items
}
RETURN collect({
  account: account, event: bought.id, at: bought.at, items: items, skus: [(bought)-[:SELLS]->(product) | product.sku]
}) AS rows
