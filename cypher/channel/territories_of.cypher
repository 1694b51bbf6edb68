// The facts that assigned and released territories of these parties.
// parameters: rows
// columns: type, party, regions, skus, at, event, recordedAt
// starts from: party_id
// mode: read
// db hits: 20 a row
UNWIND $rows AS id
MATCH (:Party {id: id})<-[:CONCERNS]-(fact)
WHERE NOT fact.voided
RETURN
  fact.type AS type, id AS party, fact.regions AS regions, fact.skus AS skus,
  fact.at AS at, fact.id AS event, fact.recordedAt AS recordedAt
