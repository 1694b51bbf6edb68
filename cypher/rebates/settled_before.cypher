// The triggers with settled decisions that happened before an instant.
// parameters: rows, limit
// columns: trigger
// starts from: decision_state
// mode: read
// db hits: 4 a decision
UNWIND $rows AS row
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(state, at)
WHERE decision.state = 'SETTLED' AND decision.at < row.before
WITH DISTINCT decision.trigger AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
