// Who these parties are now; one that no event in force registered is not among them.
// parameters: rows
// columns: party
// starts from: party_id
// mode: read
// db hits: 15 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
WHERE party.kind IS NOT NULL
RETURN properties(party) AS party
