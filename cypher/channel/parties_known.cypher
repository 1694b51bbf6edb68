// What events said of parties, of whoever was registered with these promo codes, and of those above each of them: what
// they are, who stands above them, and where they may sell. `named` tells the first two from the last. And what events
// said that products are.
// parameters: rows, promoCodes, above, skus
// columns: parties, listings
// starts from: party_id, party_fact_promo_code, product_fact_sku
// mode: read
// db hits: 400 a row
CALL () {
  UNWIND $rows AS id
  MATCH (one:Party {id: id})
  USING INDEX SEEK one:Party(id)
  RETURN one
  UNION
  UNWIND $promoCodes AS promoCode
  MATCH (fact:PartyFact {promoCode: promoCode})-[:REGISTERS]->(one)
  USING INDEX SEEK fact:PartyFact(promoCode)
  WHERE NOT fact.voided
  RETURN one
}
CALL (one) {
  RETURN one AS party, 1 AS named
  UNION ALL
  WITH one WHERE $above
  MATCH (one)<-[:CHILD]-(fact)-[:PARENT]->(party)
  WHERE NOT fact.voided
  RETURN DISTINCT party, 0 AS named
}
WITH party, max(named) = 1 AS named
WITH collect({
  party: party.id, named: named,
  registrations: [(party)<-[:REGISTERS]-(fact) WHERE NOT fact.voided | [fact.at, fact.id, fact.recordedAt, fact.body]],
  links: [
    (party)<-[:CHILD]-(fact)-[:PARENT]->(parent) WHERE NOT fact.voided |
    [fact.type, fact.relation, parent.id, fact.at, fact.id, fact.recordedAt]
  ],
  territories: [
    (party)<-[:CONCERNS]-(fact) WHERE NOT fact.voided |
    [fact.type, fact.regions, fact.skus, fact.at, fact.id, fact.recordedAt]
  ]
}) AS parties
RETURN parties, COLLECT {
  UNWIND $skus AS sku
  MATCH (fact:ProductFact {sku: sku})
  USING INDEX SEEK fact:ProductFact(sku)
  WHERE NOT fact.voided
  RETURN [sku, fact.at, fact.id, fact.recordedAt, fact.body]
} AS listings
