// Deletes what was counted for a rule under other kinds of limits than it has now.
// parameters: begin, parts, key, limit
// columns: -
// starts from: tally_id
// mode: write
// db hits: 8 a tally
MATCH (tally:Tally)
USING INDEX SEEK tally:Tally(id)
WHERE tally.id STARTS WITH $begin AND size(split(tally.rule, ':')) = $parts AND tally.rule <> $key
WITH tally LIMIT $limit
DELETE tally
