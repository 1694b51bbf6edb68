// The points of accounts: what decisions in force give them, and what was adjusted by hand.
// parameters: rows
// columns: account, earned, adjusted
// starts from: decision_alone, entry_payee, member_fact_account
// mode: read
// db hits: 300 a row
UNWIND $rows AS account
CALL (account) {
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(payee, at, rebate)
  WHERE decision.payee = account AND decision.at IS NOT NULL AND decision.rebate IS NOT NULL
    AND decision.state IN ['ACCRUED', 'SETTLED', 'REVERSED']
  RETURN sum(decision.points) AS alone
}
CALL (account) {
  MATCH (decision:Entry)
  USING INDEX SEEK decision:Entry(payee, at)
  WHERE decision.payee = account AND decision.at IS NOT NULL
    AND decision.state IN ['ACCRUED', 'SETTLED', 'REVERSED']
  RETURN sum(decision.points) AS shared
}
CALL (account) {
  MATCH (fact:MemberFact {account: account})
  USING INDEX SEEK fact:MemberFact(account)
  WHERE fact.type = 'points.adjusted' AND NOT fact.voided
  RETURN sum(fact.points) AS adjusted
}
RETURN collect({account: account, earned: alone + shared, adjusted: adjusted}) AS rows
