// What is known of vouchers: their issues in force, and the attempts to redeem them.
// parameters: rows
// columns: voucher, issues, redemptions
// starts from: voucher_fact_voucher, redemption_voucher
// mode: read
// db hits: 120 a row
UNWIND $rows AS voucher
CALL (voucher) {
  MATCH (issue:VoucherFact {voucher: voucher})
  USING INDEX SEEK issue:VoucherFact(voucher)
  WHERE NOT issue.voided
  RETURN collect([
    issue.at, issue.id, issue.account, issue.kind, issue.faceFen, issue.minSpendFen, issue.validTo, issue.campaign
  ]) AS issues
}
CALL (voucher) {
  MATCH (redemption:Redemption {voucher: voucher})
  USING INDEX SEEK redemption:Redemption(voucher)
  WHERE NOT redemption.voided
  RETURN collect([
    redemption.at, redemption.id, redemption.spendFen, [(redemption)-[:AT]->(store) | store.id][0],
    [(redemption)-[:SERVED_BY]->(clerk) | clerk.id][0]
  ]) AS redemptions
}
RETURN collect({voucher: voucher, issues: issues, redemptions: redemptions}) AS rows
