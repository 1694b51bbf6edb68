// The next tallies of a rule by id, whatever kinds of limits it had.
// parameters: begin, parts, after, limit
// columns: id, rule
// starts from: tally_id
// mode: read
// db hits: 5 a tally
MATCH (tally:Tally)
USING INDEX SEEK tally:Tally(id)
WHERE tally.id STARTS WITH $begin AND tally.id > $after AND size(split(tally.rule, ':')) = $parts
WITH tally ORDER BY tally.id LIMIT $limit
RETURN collect({id: tally.id, rule: tally.rule}) AS rows
