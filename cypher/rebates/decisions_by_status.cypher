// The next decisions with a status, behind (at, id).
// parameters: status, at, id, limit
// columns: id, rule, version, trigger, role, payee, status, amountFen, points, reason, cause, at, decidedAt
// starts from: decision_state
// mode: read
// db hits: 20 a decision of the page
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(state, at)
WHERE decision.state = $status AND decision.at >= $at
WITH decision, left(coalesce(decision.rebate, decision.id), 25) AS id
WHERE decision.at > $at OR id > $id
WITH decision, id ORDER BY decision.state, decision.at, id LIMIT $limit
RETURN
  id, decision.rule AS rule, decision.version AS version, decision.trigger AS trigger,
  decision.role AS role, decision.payee AS payee, decision.state AS status, decision.amountFen AS amountFen,
  decision.points AS points, decision.reason AS reason, decision.cause AS cause, decision.at AS at, decision.decidedAt AS decidedAt
ORDER BY at, id
