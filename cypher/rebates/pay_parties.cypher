// Ties decisions to the parties that they pay.
// parameters: rows
// columns: -
// starts from: decision_id, party_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (decision:Decision {id: row.id})
MATCH (payee:Party {id: row.payee})
CREATE (decision)-[:PAYS]->(payee)
