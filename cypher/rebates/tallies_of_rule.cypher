// What a rule had let through altogether behind each business day from one on, and behind the last before it.
// parameters: rule, since
// columns: tally
// starts from: tally_rule_day
// mode: read
// db hits: 15 a day
CALL () {
  MATCH (tally:Tally)
  USING INDEX SEEK tally:Tally(rule, day)
  WHERE tally.rule = $rule AND tally.day >= $since
  RETURN tally
  UNION ALL
  MATCH (tally:Tally)
  USING INDEX SEEK tally:Tally(rule, day)
  WHERE tally.rule = $rule AND tally.day < $since
  RETURN tally ORDER BY tally.rule DESC, tally.day DESC LIMIT 1
}
RETURN collect({tally: properties(tally)}) AS rows
