UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
RETURN properties(identifier) AS properties, [(identifier)-[:OF]->(member) | member.id][0] AS member
