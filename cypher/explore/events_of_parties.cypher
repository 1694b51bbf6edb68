// The hand-overs, sales and scans that touched parties between two instants, at most so many; `named`: how many runs.
// parameters: rows, types, from, until, limit
// columns: event, named
// starts from: party_id
// mode: read
// db hits: 2000 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
MATCH (party)<-[:FROM|TO|OWNED_BY]-(event)
WHERE event.type IN $types AND $from <= event.at < $until AND NOT event.voided
WITH DISTINCT event LIMIT $limit
RETURN collect({event: event.id, named: COUNT { (event)-[:NAMES|SCANS]->() }}) AS rows
