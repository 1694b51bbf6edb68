// The runs that share codes with these spans of keys.
// parameters: rows
// columns: first, last
// starts from: run_first
// mode: read
// db hits: 8 a row
UNWIND $rows AS row
CALL (row) {
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first <= row.first
  WITH run, row ORDER BY run.first DESC LIMIT 1
  WHERE run.last >= row.first
  RETURN run
  UNION
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first > row.first AND run.first <= row.last
  RETURN run
}
WITH DISTINCT run.first AS first, run.last AS last
RETURN collect({first: first, last: last}) AS rows
