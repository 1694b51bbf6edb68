// The next parties by id.
// parameters: after, limit
// columns: key
// starts from: party_id
// mode: read
// db hits: 3 a key
MATCH (party:Party)
USING INDEX SEEK party:Party(id)
WHERE party.id > $after
RETURN party.id AS key ORDER BY key LIMIT $limit
