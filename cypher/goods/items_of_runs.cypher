// The item of each run, by the key of the run's first code.
// parameters: rows
// columns: run, item
// starts from: run_first
// mode: read
// db hits: 12 a row
UNWIND $rows AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN collect({run: first, item: coalesce(hub.first, first)}) AS rows
