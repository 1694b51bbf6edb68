// The accounts that vouchers were ever issued to.
// parameters: rows
// columns: voucher, account
// starts from: voucher_fact_voucher
// mode: read
// db hits: 20 a row
UNWIND $rows AS voucher
MATCH (issue:VoucherFact {voucher: voucher})
USING INDEX SEEK issue:VoucherFact(voucher)
WHERE issue.account IS NOT NULL
WITH DISTINCT voucher, issue.account AS account
RETURN collect({voucher: voucher, account: account}) AS rows
