// Which of these items are cartons.
// parameters: rows
// columns: item
// starts from: run_first
// mode: read
// db hits: 5 a row
UNWIND $rows AS item
MATCH (run:Run {first: item})
USING INDEX SEEK run:Run(first)
WHERE run.level = 'CARTON'
RETURN collect({item: item}) AS rows
