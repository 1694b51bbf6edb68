UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
UNWIND row.runs AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
CREATE (event)-[:$(row.relation)]->(run)
