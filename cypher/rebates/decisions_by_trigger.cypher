// The decisions on these events.
// parameters: rows
// columns: id, rule, version, trigger, role, payee, status, amountFen, points, reason, cause, at, decidedAt
// starts from: event_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})<-[:FOR]-(decision:Decision)
USING INDEX SEEK trigger:Event(id)
RETURN
  left(coalesce(decision.rebate, decision.id), 25) AS id, decision.rule AS rule, decision.version AS version, decision.trigger AS trigger,
  decision.role AS role, decision.payee AS payee, decision.state AS status, decision.amountFen AS amountFen,
  decision.points AS points, decision.reason AS reason, decision.cause AS cause, decision.at AS at, decision.decidedAt AS decidedAt
