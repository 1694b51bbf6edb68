UNWIND $rows AS row
CREATE (identifier:Identifier)-[:OF]->(:Member {id: row.member})
SET identifier = row.properties
