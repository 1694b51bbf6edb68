// Replaces the territories of parties.
// parameters: rows
// columns: -
// starts from: party_id
// mode: write
// db hits: 100 a row
UNWIND $rows AS row
MATCH (party:Party {id: row.party})
USING INDEX SEEK party:Party(id)
CALL (party) {
  MATCH (party)-[:HOLDS]->(old)
  DETACH DELETE old
}
UNWIND row.territories AS territory
CREATE (party)-[:HOLDS]->(held:Territory)
SET held = territory
