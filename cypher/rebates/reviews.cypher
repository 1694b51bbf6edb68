// The reviews of these decisions, the first of each.
// parameters: rows
// columns: rebate, event, at, recordedAt, decision
// starts from: hold_fact_rebate
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
MATCH (fact:HoldFact {rebate: id})
USING INDEX SEEK fact:HoldFact(rebate)
WHERE NOT fact.voided
WITH id, fact ORDER BY fact.at, fact.id
WITH id, collect(fact)[0] AS first
RETURN collect({
  rebate: id, event: first.id, at: first.at, recordedAt: first.recordedAt, decision: first.decision
}) AS rows
