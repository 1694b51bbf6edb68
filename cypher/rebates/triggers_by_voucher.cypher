// The redemptions of vouchers.
// parameters: rows, limit
// columns: trigger
// starts from: redemption_voucher
// mode: read
// db hits: 30 a row
UNWIND $rows AS row
MATCH (trigger:Redemption {voucher: row.voucher})
USING INDEX SEEK trigger:Redemption(voucher)
WHERE NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
