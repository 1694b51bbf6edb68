// What a rule reserves between two instants.
// parameters: rule, from, to
// columns: decision
// starts from: decision_limited
// mode: read
// db hits: 25 a decision
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(limited, at)
WHERE decision.limited = $rule AND $from <= decision.at < $to
RETURN collect({decision: properties(decision)}) AS rows
