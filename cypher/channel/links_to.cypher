// The facts that began and ended links to these parties from those above them.
// parameters: rows
// columns: type, relation, parent, child, at, event, recordedAt
// starts from: party_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (child:Party {id: id})<-[:CHILD]-(fact)-[:PARENT]->(parent)
WHERE NOT fact.voided
RETURN
  fact.type AS type, fact.relation AS relation, parent.id AS parent, id AS child,
  fact.at AS at, fact.id AS event, fact.recordedAt AS recordedAt
