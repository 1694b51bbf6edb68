// Whether invitations, vouchers or orders name an account of the members that identifiers belong to, or named one as an
// invited one before; those that none names are left out.
// parameters: rows
// columns: identifier, invites, trades
// starts from: identifier_id, member_fact_account, member_fact_invitee, voucher_fact_account, order_fact_account
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
UNWIND [id] + [(identifier)-[:OF]->()<-[:OF]-(other) WHERE other <> identifier | other.id] AS account
WITH id,
  EXISTS { (identifier)-[:INVITED_BY|INVITED_AS]->() } OR EXISTS {
    MATCH (fact:MemberFact {account: account})
    USING INDEX SEEK fact:MemberFact(account)
    WHERE fact.type = 'member.invited'
  } OR EXISTS {
    MATCH (fact:MemberFact {invitee: account})
    USING INDEX SEEK fact:MemberFact(invitee)
  } AS invites,
  EXISTS {
    MATCH (fact:VoucherFact {account: account})
    USING INDEX SEEK fact:VoucherFact(account)
  } OR EXISTS {
    MATCH (fact:OrderFact {account: account})
    USING INDEX SEEK fact:OrderFact(account)
  } AS trades
WITH id, invites, trades WHERE invites OR trades
WITH id, true IN collect(invites) AS invites, true IN collect(trades) AS trades
RETURN collect({identifier: id, invites: invites, trades: trades}) AS rows
