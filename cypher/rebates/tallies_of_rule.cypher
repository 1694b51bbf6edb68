// What a rule had let through altogether behind each business day, the latest first.
// parameters: rule, limit
// columns: tally
// starts from: tally_rule_day
// mode: read
// db hits: 15 a day
MATCH (tally:Tally)
USING INDEX SEEK tally:Tally(rule, day)
WHERE tally.rule = $rule AND tally.day >= ''
WITH tally ORDER BY tally.rule DESC, tally.day DESC LIMIT $limit
RETURN collect({tally: properties(tally)}) AS rows
