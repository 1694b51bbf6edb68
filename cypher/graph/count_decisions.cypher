// How many decisions there are of each status, and what they come to.
// parameters: -
// columns: status, decisions, amountFen, points
// starts from: decision_state
// mode: read
// db hits: 5 a decision
MATCH (decision:Decision)
USING INDEX decision:Decision(state, at)
WHERE decision.state IS NOT NULL AND decision.at IS NOT NULL
RETURN
  decision.state AS status, count(decision) AS decisions, sum(decision.amountFen) AS amountFen,
  sum(decision.points) AS points
ORDER BY status
