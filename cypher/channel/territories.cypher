// The territories that parties held at an instant, and the products taken out of those for every product.
// parameters: rows, at
// columns: party, region, sku, from, until, without
// starts from: party_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (anchor:Party {id: id})-[:HOLDS]->(held:Territory)
USING INDEX SEEK anchor:Party(id)
WHERE held.from <= $at AND ($at < held.until OR held.until IS NULL)
RETURN
  id AS party, held.region AS region, held.sku AS sku,
  held.from AS from, held.until AS until, held.without AS without
