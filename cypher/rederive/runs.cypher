// The next runs by key.
// parameters: after, limit
// columns: key
// starts from: run_first
// mode: read
// db hits: 3 a key
MATCH (run:Run)
USING INDEX SEEK run:Run(first)
WHERE run.first > $after
RETURN run.first AS key ORDER BY key LIMIT $limit
