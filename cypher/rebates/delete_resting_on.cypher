// Unties scans from parties that their decisions no longer rest on.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (anchor:Event {id: row.event})-[rests:OWNED_BY|CAME_THROUGH|SCANNED_AT|RESTS_ON]->(party:Party {id: row.party})
USING INDEX SEEK anchor:Event(id)
WHERE type(rests) = row.relation
DELETE rests
