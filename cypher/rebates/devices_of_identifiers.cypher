// The devices on which the members of these identifiers were ever shown, and when.
// parameters: rows
// columns: device, at
// starts from: identifier_id
// mode: read
// db hits: 400 a row
UNWIND $rows AS id
MATCH (anchor:Identifier {id: id})
USING INDEX SEEK anchor:Identifier(id)
OPTIONAL MATCH (anchor)-[:OF]->()<-[:OF]-(other)
WITH anchor, collect(other) + [anchor] AS identifiers
UNWIND identifiers AS identifier
WITH DISTINCT identifier
MATCH (identifier)<-[:SHOWS]-(event)
WHERE event.device IS NOT NULL
WITH DISTINCT event
RETURN collect({device: event.device, at: event.at}) AS rows
