// The events that hold values of identifiers that a leaving erased since, with what they hold.
// parameters: rows
// columns: event, pet, body, shown
// starts from: identifier_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)<-[shows:SHOWS]-(event)
WHERE event.at <= identifier.erasedAt AND shows.erased IS NULL
WITH event, collect([shows.list, id, identifier.sealed, shows.sent]) AS shown
RETURN collect({event: event.id, pet: event.pet, body: event.body, shown: shown}) AS rows
