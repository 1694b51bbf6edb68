UNWIND $rows AS row
MATCH (run:Run {first: row.first})
USING INDEX SEEK run:Run(first)
SET run.last = row.last
