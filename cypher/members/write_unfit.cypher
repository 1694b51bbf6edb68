// Writes why sightings link nothing, or that nothing stands against them.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 200 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
MATCH (event)-[shows:SHOWS {list: row.list}]->(identifier)
WHERE identifier.id = row.identifier
SET shows.unfit = row.unfit
