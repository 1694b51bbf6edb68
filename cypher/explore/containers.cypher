// What held items between two instants, at most so many stays.
// parameters: rows, from, until, limit
// columns: item, container, from, fromEvent, until, untilEvent
// starts from: run_first
// mode: read
// db hits: 100 a row
UNWIND $rows AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
MATCH (run)-[stay:INSIDE]->(other)
WHERE stay.from < $until AND (stay.until IS NULL OR stay.until > $from)
WITH first, stay, other LIMIT $limit
RETURN collect({
  item: first, container: other.first, from: stay.from, fromEvent: stay.fromEvent, until: stay.until,
  untilEvent: stay.untilEvent
}) AS rows
