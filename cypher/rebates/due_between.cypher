// The triggers with decisions whose time to wait ends between two instants.
// parameters: after, through
// columns: trigger
// starts from: decision_due
// mode: read
// db hits: 4 a decision
MATCH (decision:Decision)
WHERE $after <= decision.due < $through
RETURN DISTINCT decision.trigger AS trigger
