// Ties decisions to the identifiers whose accounts they pay into.
// parameters: rows
// columns: -
// starts from: decision_id, identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (decision:Decision {id: row.id})
MATCH (payee:Identifier {id: row.payee})
CREATE (decision)-[:PAYS]->(payee)
