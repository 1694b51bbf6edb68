// The scans between two instants that carry a promo code that parties were ever registered with, at most so many.
// parameters: rows, from, until, limit
// columns: event, named
// starts from: party_id, scan_promo_code
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
MATCH (party)<-[:REGISTERS]-(fact)
WHERE fact.promoCode IS NOT NULL AND NOT fact.voided
WITH DISTINCT fact.promoCode AS promoCode
MATCH (event:Scan {promoCode: promoCode})
USING INDEX SEEK event:Scan(promoCode)
WHERE $from <= event.at < $until AND NOT event.voided
WITH event LIMIT $limit
RETURN collect({event: event.id, named: 1}) AS rows
