// New runs, for codes that no event has named yet.
// parameters: rows
// columns: -
// starts from: nothing, it only creates
// mode: write
// db hits: 10 a row
UNWIND $rows AS row
CREATE (:Run {first: row.first, last: row.last})
