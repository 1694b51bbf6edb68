UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
CREATE (event)-[:SHOWS {list: row.list}]->(identifier)
