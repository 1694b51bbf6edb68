// Ties events to the runs whose codes they name.
// parameters: rows
// columns: -
// starts from: event_id, run_first
// mode: write
// db hits: 20 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
UNWIND row.runs AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
CREATE (event)-[:$(row.relation)]->(run)
