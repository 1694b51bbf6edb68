// The parties that were ever registered with these promo codes.
// parameters: rows
// columns: promoCode, party
// starts from: party_fact_promo_code
// mode: read
// db hits: 10 a row
UNWIND $rows AS promoCode
MATCH (fact:PartyFact {promoCode: promoCode})-[:REGISTERS]->(party)
USING INDEX SEEK fact:PartyFact(promoCode)
WHERE NOT fact.voided
WITH DISTINCT promoCode, party.id AS party
RETURN collect({promoCode: promoCode, party: party}) AS rows
