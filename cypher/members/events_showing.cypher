// The events that show identifiers.
// parameters: rows
// columns: event
// starts from: identifier_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)<-[:SHOWS]-(event)
WITH DISTINCT event
RETURN collect({event: event.id}) AS rows
