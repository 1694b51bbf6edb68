// The events that pay into accounts under rules that cap what a member gets.
// parameters: rows, limit
// columns: trigger
// starts from: decision_alone, entry_payee
// mode: read
// db hits: 300 a row
UNWIND $rows AS row
CALL (row) {
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(payee, at, rebate)
  WHERE decision.payee = row.account AND decision.at IS NOT NULL AND decision.rebate IS NOT NULL
    AND decision.limited IS NOT NULL
  RETURN decision
  UNION ALL
  MATCH (decision:Entry)
  USING INDEX SEEK decision:Entry(payee, at)
  WHERE decision.payee = row.account AND decision.at IS NOT NULL AND decision.limited IS NOT NULL
  RETURN decision
}
WITH DISTINCT decision.trigger AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
