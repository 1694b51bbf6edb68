// How many decisions there are of each status, and what they come to.
// parameters: -
// columns: status, decisions, amountFen, points
// starts from: decision_status
// mode: read
// db hits: 5 a decision
MATCH (decision:Decision)
USING INDEX decision:Decision(status, at)
WHERE decision.status IS NOT NULL AND decision.at IS NOT NULL AND decision.id IS NOT NULL
RETURN
  decision.status AS status, count(decision) AS decisions, sum(decision.amountFen) AS amountFen,
  sum(decision.points) AS points
ORDER BY status
