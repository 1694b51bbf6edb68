// The triggers with decisions whose time to wait ends between two instants.
// parameters: rows, limit
// columns: trigger
// starts from: decision_due
// mode: read
// db hits: 4 a decision
UNWIND $rows AS row
MATCH (decision:Decision)
USING INDEX SEEK decision:Decision(due)
WHERE row.after <= decision.due < row.through
WITH DISTINCT decision.trigger AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
