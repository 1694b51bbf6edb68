// The scans and sales between two instants that show identifiers of members, at most so many; `named`: how many runs.
// parameters: rows, types, from, until, limit
// columns: event, named
// starts from: member_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (member:Member {id: id})
USING INDEX SEEK member:Member(id)
MATCH (member)<-[:OF]-(identifier)
MATCH (identifier)<-[:SHOWS]-(event)
WHERE event.type IN $types AND $from <= event.at < $until AND NOT event.voided
WITH DISTINCT event LIMIT $limit
RETURN collect({event: event.id, named: COUNT { (event)-[:NAMES|SCANS]->() }}) AS rows
