// Those that parties ever supplied or employed, by facts in force.
// parameters: rows
// columns: parent, relation, child
// starts from: party_id
// mode: read
// db hits: 35 a row
UNWIND $rows AS id
MATCH (anchor:Party {id: id})<-[:PARENT]-(fact)-[:CHILD]->(child)
USING INDEX SEEK anchor:Party(id)
WHERE NOT fact.voided
RETURN DISTINCT id AS parent, fact.relation AS relation, child.id AS child
