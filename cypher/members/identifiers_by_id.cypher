// Identifiers that events in force show, sealed.
// parameters: rows
// columns: id, type, app, sealed, first, last
// starts from: identifier_id
// mode: read
// db hits: 14 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.firstSeen IS NOT NULL
RETURN collect({
  id: id, type: identifier.type, app: identifier.app, sealed: identifier.sealed,
  first: identifier.firstSeen, last: identifier.lastSeen
}) AS rows
