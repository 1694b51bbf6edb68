// Ties events to the identifiers that they show; `list` tells apart the lists of one event. One that was
// erased, or only looked for, has its value again.
// parameters: rows
// columns: -
// starts from: event_id, identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MERGE (identifier:Identifier {id: row.identifier})
ON CREATE SET identifier.type = row.type, identifier.app = row.app, identifier.sealed = row.sealed
CREATE (event)-[:SHOWS {list: row.list, place: row.place, sent: row.sent, unfit: row.unfit}]->(identifier)
WITH row, identifier WHERE identifier.sealed IS NULL
SET identifier.type = row.type, identifier.app = row.app, identifier.sealed = row.sealed
