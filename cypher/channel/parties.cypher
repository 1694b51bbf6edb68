// The registered parties behind an id, in the order of ids.
// parameters: after, limit
// columns: party
// starts from: party_id
// mode: read
// db hits: 550 in all
MATCH (party:Party)
USING INDEX party:Party(id)
WHERE party.id > $after AND party.kind IS NOT NULL
WITH party ORDER BY party.id LIMIT $limit
RETURN properties(party) AS party
