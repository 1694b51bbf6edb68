// Ties orders to the products that their lines sell.
// parameters: rows
// columns: -
// starts from: event_id, product_sku
// mode: write
// db hits: 16 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MERGE (product:Product {sku: row.sku})
CREATE (event)-[:SELLS]->(product)
