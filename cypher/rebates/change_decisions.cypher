// Writes what decisions came to, over themselves or over others of their events that no longer follow.
// parameters: rows
// columns: -
// starts from: decision_id
// mode: write
// db hits: 11 a row
UNWIND $rows AS row
MATCH (decision:Decision {id: row.id})
USING INDEX SEEK decision:Decision(id)
SET decision = row.now
