// What events said of parties: what they are, who stands above them, and where they may sell.
// parameters: rows
// columns: party, registrations, links, territories
// starts from: party_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
RETURN collect({
  party: id,
  registrations: [(party)<-[:REGISTERS]-(fact) WHERE NOT fact.voided | [fact.at, fact.id, fact.recordedAt, fact.body]],
  links: [
    (party)<-[:CHILD]-(fact)-[:PARENT]->(parent) WHERE NOT fact.voided |
    [fact.type, fact.relation, parent.id, fact.at, fact.id, fact.recordedAt]
  ],
  territories: [
    (party)<-[:CONCERNS]-(fact) WHERE NOT fact.voided |
    [fact.type, fact.regions, fact.skus, fact.at, fact.id, fact.recordedAt]
  ]
}) AS rows
