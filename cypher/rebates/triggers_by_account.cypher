// The redemptions of the vouchers of members, by one of their accounts each, and their orders without a store from an
// instant on; of those whom they brought in, the redemptions alone, where it is asked for.
// parameters: rows, limit
// columns: trigger
// starts from: identifier_id, member_fact_account, voucher_fact_account, redemption_voucher, order_fact_account
// mode: read
// db hits: 400 a row
UNWIND $rows AS row
CALL (row) {
  RETURN row.account AS account
  UNION
  MATCH (identifier:Identifier {id: row.account})-[:OF]->()<-[:OF]-(other)
  USING INDEX SEEK identifier:Identifier(id)
  RETURN other.id AS account
}
WITH account, min(row.from) AS since, max(CASE WHEN row.below THEN 1 ELSE 0 END) AS below
CALL (account, since, below) {
  MATCH (issue:VoucherFact {account: account})
  USING INDEX SEEK issue:VoucherFact(account)
  MATCH (trigger:Redemption {voucher: issue.voucher})
  USING INDEX SEEK trigger:Redemption(voucher)
  RETURN trigger
  UNION
  MATCH (trigger:OrderFact {account: account})
  USING INDEX SEEK trigger:OrderFact(account)
  WHERE trigger.at >= since AND NOT EXISTS { (trigger)-[:AT]->() }
  RETURN trigger
  UNION
  MATCH (fact:MemberFact {account: account})
  USING INDEX SEEK fact:MemberFact(account)
  WHERE below = 1 AND fact.type = 'member.invited' AND fact.refused IS NULL
  CALL (fact) {
    RETURN fact.invitee AS invited
    UNION
    MATCH (invitee:Identifier {id: fact.invitee})-[:OF]->()<-[:OF]-(other)
    USING INDEX SEEK invitee:Identifier(id)
    RETURN other.id AS invited
  }
  MATCH (issue:VoucherFact {account: invited})
  USING INDEX SEEK issue:VoucherFact(account)
  MATCH (trigger:Redemption {voucher: issue.voucher})
  USING INDEX SEEK trigger:Redemption(voucher)
  RETURN trigger
}
WITH trigger WHERE NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
