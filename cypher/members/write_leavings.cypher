// Writes whom leavings erase, since when these were known and which of them showed it, and whom they looked at.
// parameters: rows
// columns: -
// starts from: event_id, identifier_id
// mode: write
// db hits: 400 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
SET event.knownSince = row.since, event.knownBy = row.by
WITH event, row
CALL (event, row) {
  MATCH (event)-[old:ERASES]->(identifier)
  WHERE NOT identifier.id IN row.erases
  DELETE old
}
CALL (event, row) {
  MATCH (event)-[old:WEIGHS]->(identifier)
  WHERE NOT identifier.id IN row.weighs
  DELETE old
}
CALL (event, row) {
  UNWIND row.erases AS id
  MATCH (identifier:Identifier {id: id})
  USING INDEX SEEK identifier:Identifier(id)
  MERGE (event)-[:ERASES]->(identifier)
}
CALL (event, row) {
  UNWIND row.weighs AS id
  MERGE (identifier:Identifier {id: id})
  MERGE (event)-[:WEIGHS]->(identifier)
}
