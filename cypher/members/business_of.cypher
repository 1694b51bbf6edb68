// Whether invitations, vouchers or orders name an account of the members that identifiers belong to.
// parameters: rows
// columns: identifier, invites, trades
// starts from: identifier_id, member_fact_account, member_fact_invitee, voucher_fact_account, order_fact_account
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
WITH identifier, [identifier.id] + [(identifier)-[:OF]->()<-[:OF]-(other) | other.id] AS accounts
CALL (accounts) {
  CALL (accounts) {
    UNWIND accounts AS account
    MATCH (fact:MemberFact {account: account})
    USING INDEX SEEK fact:MemberFact(account)
    WHERE fact.type = 'member.invited'
    RETURN fact LIMIT 1
    UNION
    UNWIND accounts AS account
    MATCH (fact:MemberFact {invitee: account})
    USING INDEX SEEK fact:MemberFact(invitee)
    RETURN fact LIMIT 1
  }
  RETURN count(fact) > 0 AS named
}
CALL (accounts) {
  CALL (accounts) {
    UNWIND accounts AS account
    MATCH (fact:VoucherFact {account: account})
    USING INDEX SEEK fact:VoucherFact(account)
    RETURN fact LIMIT 1
    UNION
    UNWIND accounts AS account
    MATCH (fact:OrderFact {account: account})
    USING INDEX SEEK fact:OrderFact(account)
    RETURN fact LIMIT 1
  }
  RETURN count(fact) > 0 AS trades
}
RETURN collect({
  identifier: identifier.id, invites: named OR EXISTS { (identifier)-[:INVITED_AS]->() }, trades: trades
}) AS rows
