// Notes who sees the plain values of identifiers and why; returns the values, sealed.
// parameters: rows
// columns: identifier, sealed
// starts from: identifier_id
// mode: write
// db hits: 120 a row
UNWIND $rows AS row
CREATE (unmasking:Unmasking)
SET unmasking = row.properties
WITH unmasking, row
UNWIND row.identifiers AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CREATE (unmasking)-[:SHOWED]->(identifier)
RETURN collect({identifier: id, sealed: identifier.sealed}) AS rows
