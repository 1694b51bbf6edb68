// What a rule reserves from an instant on, in the order of time, a page at a time.
// parameters: rule, from, limit
// columns: decision
// starts from: decision_limited
// mode: read
// db hits: 25 a decision
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(limited, at)
WHERE decision.limited = $rule AND decision.at >= $from
WITH decision ORDER BY decision.limited, decision.at LIMIT $limit
RETURN collect({decision: properties(decision)}) AS rows
