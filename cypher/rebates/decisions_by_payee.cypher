// The next decisions that pay into these accounts, behind (at, id), with one of these statuses.
// parameters: rows, statuses, at, id, limit
// columns: id, rule, version, trigger, role, payee, status, amountFen, points, reason, cause, at, decidedAt
// starts from: decision_alone, entry_payee
// mode: read
// db hits: 20 a decision looked at, for each account at most those of the page where every status is asked for
UNWIND $rows AS payee
CALL (payee) {
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(payee, at, rebate)
  WHERE decision.payee = payee AND decision.at >= $at AND decision.rebate IS NOT NULL AND decision.state IN $statuses
    AND (decision.at > $at OR decision.rebate > $id)
  RETURN decision, decision.rebate AS id ORDER BY decision.payee, decision.at, id LIMIT $limit
  UNION ALL
  MATCH (decision:Entry)
  USING INDEX SEEK decision:Entry(payee, at)
  WHERE decision.payee = payee AND decision.at >= $at AND decision.state IN $statuses
  WITH decision, left(decision.id, 25) AS id
  WHERE decision.at > $at OR id > $id
  RETURN decision, id ORDER BY decision.payee, decision.at, id LIMIT $limit
}
RETURN
  id, decision.rule AS rule, decision.version AS version, decision.trigger AS trigger,
  decision.role AS role, decision.payee AS payee, decision.state AS status, decision.amountFen AS amountFen,
  decision.points AS points, decision.reason AS reason, decision.cause AS cause, decision.at AS at, decision.decidedAt AS decidedAt
ORDER BY at, id LIMIT $limit
