// The scans that carry a promo code, from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: scan_promo_code
// mode: read
// db hits: 50 a row
UNWIND $rows AS row
MATCH (scan:Scan {promoCode: row.promoCode})
USING INDEX SEEK scan:Scan(promoCode)
WHERE scan.at >= row.from AND NOT scan.voided
WITH DISTINCT scan.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
