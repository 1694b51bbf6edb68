// The orders without a store of the members that scans, registrations and redemptions are about, from each of these on.
// parameters: rows
// columns: trigger
// starts from: event_id, identifier_id, voucher_fact_voucher, order_fact_account
// mode: read
// db hits: 150 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.type IN ['goods.scanned', 'member.registered', 'voucher.redeemed']
CALL (event) {
  WITH event WHERE event.account IS NOT NULL
  RETURN event.account AS named
  UNION
  MATCH (issue:VoucherFact {voucher: event.voucher})
  USING INDEX SEEK issue:VoucherFact(voucher)
  WHERE issue.account IS NOT NULL
  RETURN issue.account AS named
}
CALL (named) {
  RETURN named AS account
  UNION
  MATCH (identifier:Identifier {id: named})-[:OF]->()<-[:OF]-(other)
  USING INDEX SEEK identifier:Identifier(id)
  RETURN other.id AS account
}
WITH account, min(event.at) AS since
CALL (account, since) {
  MATCH (trigger:OrderFact {account: account})
  USING INDEX SEEK trigger:OrderFact(account)
  WHERE trigger.at >= since AND NOT trigger.voided AND NOT EXISTS { (trigger)-[:AT]->() }
  RETURN trigger
}
WITH DISTINCT trigger.id AS trigger
RETURN collect({trigger: trigger}) AS rows
