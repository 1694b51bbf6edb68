// Everything that is counted for a rule.
// parameters: rule
// columns: tally
// starts from: tally_rule
// mode: read
// db hits: 5 a tally
MATCH (tally:Tally)
USING INDEX SEEK tally:Tally(rule)
WHERE tally.rule = $rule
RETURN collect({tally: properties(tally)}) AS rows
