UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MATCH (party:Party {id: row.party})
USING INDEX SEEK party:Party(id)
CREATE (event)-[:$(row.relation)]->(party)
