// The next decisions with a status, behind (at, id).
// parameters: status, at, id, limit
// columns: id, rule, version, trigger, role, payee, status, amountFen, points, reason, cause, at, decidedAt
// starts from: decision_status
// mode: read
// db hits: 20 a decision of the page
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(status, at)
WHERE decision.status = $status AND decision.at >= $at AND decision.id IS NOT NULL
  AND (decision.at > $at OR decision.id > $id)
WITH decision ORDER BY decision.status, decision.at, decision.id LIMIT $limit
RETURN
  decision.id AS id, decision.rule AS rule, decision.version AS version, decision.trigger AS trigger,
  decision.role AS role, decision.payee AS payee, decision.status AS status, decision.amountFen AS amountFen,
  decision.points AS points, decision.reason AS reason, decision.cause AS cause, decision.at AS at, decision.decidedAt AS decidedAt
ORDER BY at, id
