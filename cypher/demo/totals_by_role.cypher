// What the decisions come to for each role, and how many of them pay, wait, or pay nothing.
// parameters: -
// columns: role, amountFen, points, paid, waiting, unpaid
// starts from: decision_state
// mode: read
// db hits: 8 a decision
MATCH (decision:Decision)
USING INDEX decision:Decision(state, at)
WHERE decision.state IS NOT NULL AND decision.at IS NOT NULL
WITH
  decision.role AS role, decision.state IN ['ACCRUED', 'SETTLED', 'REVERSED'] AS pays,
  decision.state = 'REJECTED' AS nothing,
  decision.amountFen AS fen, decision.points AS points
RETURN
  role, sum(CASE WHEN pays THEN fen ELSE 0 END) AS amountFen,
  sum(CASE WHEN pays THEN points ELSE 0 END) AS points, sum(CASE WHEN pays THEN 1 ELSE 0 END) AS paid,
  sum(CASE WHEN pays OR nothing THEN 0 ELSE 1 END) AS waiting, sum(CASE WHEN nothing THEN 1 ELSE 0 END) AS unpaid
ORDER BY amountFen DESC, role
