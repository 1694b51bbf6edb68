// The vouchers that some issue in force gives to accounts.
// parameters: rows
// columns: voucher
// starts from: voucher_fact_account
// mode: read
// db hits: 60 a row
UNWIND $rows AS account
MATCH (issue:VoucherFact {account: account})
USING INDEX SEEK issue:VoucherFact(account)
WHERE NOT issue.voided
WITH DISTINCT issue.voucher AS voucher
RETURN collect({voucher: voucher}) AS rows
