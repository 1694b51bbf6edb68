// What a rule reserves, where a refund or a review between two instants may give it back.
// parameters: rows
// columns: decision
// starts from: event_type_at, decision_rebate, entry_id, order_fact_order
// mode: read
// db hits: 60 a refund or review
UNWIND $rows AS row
UNWIND ['order.refunded', 'hold.reviewed'] AS kind
MATCH (fact:Event)
USING INDEX SEEK fact:Event(type, at)
WHERE fact.type = kind AND row.from <= fact.at < row.to
CALL (fact, row) {
  MATCH (decision:Decision {rebate: fact.rebate})
  USING INDEX SEEK decision:Decision(rebate)
  WHERE decision.limited = row.rule
  RETURN decision
  UNION
  MATCH (decision:Entry)
  USING INDEX SEEK decision:Entry(id)
  WHERE decision.id STARTS WITH fact.rebate + '.' AND decision.limited = row.rule
  RETURN decision
  UNION
  MATCH (placed:OrderFact {order: fact.order})<-[:FOR]-(decision)
  USING INDEX SEEK placed:OrderFact(order)
  WHERE decision.limited = row.rule
  RETURN decision
}
WITH DISTINCT decision
RETURN collect({decision: properties(decision)}) AS rows
