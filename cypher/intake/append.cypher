// Appends events to the log.
// parameters: rows
// columns: -
// starts from: nothing, it only creates
// mode: write
// db hits: 12 a row
UNWIND $rows AS row
CREATE (event:Event:$(row.labels))
SET event = row.properties
