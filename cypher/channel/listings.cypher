// What events said that these products are.
// parameters: rows
// columns: sku, at, event, recordedAt, body
// starts from: product_fact_sku
// mode: read
// db hits: 10 a row
UNWIND $rows AS sku
MATCH (fact:ProductFact {sku: sku})
USING INDEX SEEK fact:ProductFact(sku)
WHERE NOT fact.voided
RETURN sku, fact.at AS at, fact.id AS event, fact.recordedAt AS recordedAt, fact.body AS body
