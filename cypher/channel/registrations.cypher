// What events said that these parties are.
// parameters: rows
// columns: party, at, event, recordedAt, body
// starts from: party_id
// mode: read
// db hits: 20 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})<-[:REGISTERS]-(fact)
WHERE NOT fact.voided
RETURN id AS party, fact.at AS at, fact.id AS event, fact.recordedAt AS recordedAt, fact.body AS body
