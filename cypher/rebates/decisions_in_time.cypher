// The next decisions of all, behind (at, id).
// parameters: at, id, limit
// columns: id, rule, version, trigger, role, payee, status, amountFen, points, reason, cause, at, decidedAt
// starts from: trigger_at
// mode: read
// db hits: 25 a decision of the page
MATCH (trigger:Trigger)
USING INDEX SEEK trigger:Trigger(at)
WHERE trigger.at >= $at
MATCH (trigger)<-[:FOR]-(decision:Decision)
WITH decision, trigger.at AS happened, left(coalesce(decision.rebate, decision.id), 25) AS id
WHERE happened > $at OR id > $id
WITH decision, happened, id ORDER BY happened, id LIMIT $limit
RETURN
  id, decision.rule AS rule, decision.version AS version, decision.trigger AS trigger,
  decision.role AS role, decision.payee AS payee, decision.state AS status, decision.amountFen AS amountFen,
  decision.points AS points, decision.reason AS reason, decision.cause AS cause, decision.at AS at, decision.decidedAt AS decidedAt
ORDER BY at, id
