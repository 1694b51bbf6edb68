// The events that may pay a party, or whose decisions rest on it, from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: party_id
// mode: read
// db hits: 280 a row
UNWIND $rows AS row
MATCH (party:Party {id: row.party})<-[:OWNED_BY|CAME_THROUGH|TO|AT|SERVED_BY|RESTS_ON]-(trigger)
USING INDEX SEEK party:Party(id)
// A label in the pattern would let a plan begin with it.
WHERE 'Trigger' IN labels(trigger) AND trigger.at >= row.from AND NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
