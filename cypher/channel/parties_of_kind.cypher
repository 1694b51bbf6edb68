// The parties of a kind behind an id, in the order of ids.
// parameters: kind, after, limit
// columns: party
// starts from: party_kind
// mode: read
// db hits: 750 in all
MATCH (party:Party)
USING INDEX party:Party(kind, id)
WHERE party.kind = $kind AND party.id > $after
WITH party ORDER BY party.kind, party.id LIMIT $limit
RETURN properties(party) AS party
