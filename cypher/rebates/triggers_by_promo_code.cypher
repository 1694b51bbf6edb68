// The scans, registrations and orders that carry a promo code, from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: scan_promo_code, member_fact_promo_code, order_fact_promo_code
// mode: read
// db hits: 60 a row
UNWIND $rows AS row
CALL (row) {
  MATCH (trigger:Scan {promoCode: row.promoCode})
  USING INDEX SEEK trigger:Scan(promoCode)
  RETURN trigger
  UNION
  MATCH (trigger:MemberFact {promoCode: row.promoCode})
  USING INDEX SEEK trigger:MemberFact(promoCode)
  RETURN trigger
  UNION
  MATCH (trigger:OrderFact {promoCode: row.promoCode})
  USING INDEX SEEK trigger:OrderFact(promoCode)
  RETURN trigger
}
WITH row, trigger WHERE trigger.at >= row.from AND NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
