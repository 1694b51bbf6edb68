// What is derived of parties so far: what they are, who stands above them, what they hold.
// parameters: rows
// columns: party, profile, links, territories
// starts from: party_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
RETURN collect({
  party: id, profile: properties(party),
  links: [(party)<-[link:SUPPLIES|EMPLOYS|SERVES]-(parent) | [type(link), parent.id, properties(link)]],
  territories: [(party)-[:HOLDS]->(territory) | properties(territory)]
}) AS rows
