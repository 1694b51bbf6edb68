// The leavings, from a time on, that looked at identifiers to tell who goes.
// parameters: rows
// columns: event, at
// starts from: identifier_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)<-[:WEIGHS]-(event)
WHERE event.at >= row.since
WITH DISTINCT event
RETURN collect({event: event.id, at: event.at}) AS rows
