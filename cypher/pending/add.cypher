// Adds tasks: what a wide fact leaves to be derived.
// parameters: rows
// columns: -
// starts from: nothing, it only creates
// mode: write
// db hits: 20 a row
UNWIND $rows AS row
CREATE (task:Pending)
SET task = row
