// What parties are, as derived so far.
// parameters: rows
// columns: party, kind
// starts from: party_id
// mode: read
// db hits: 5 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
RETURN id AS party, party.kind AS kind
