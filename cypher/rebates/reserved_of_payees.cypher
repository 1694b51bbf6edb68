// What a rule reserves for payees in a span of time.
// parameters: rows
// columns: rule, group, part, decisions
// starts from: decision_limited_group
// mode: read
// db hits: 40 a decision
UNWIND $rows AS row
CALL (row) {
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(limited, group, at)
  WHERE decision.limited = row.rule AND decision.group = row.group AND row.from <= decision.at < row.to
  RETURN collect(properties(decision)) AS decisions
}
RETURN collect({rule: row.rule, group: row.group, part: row.part, decisions: decisions}) AS rows
