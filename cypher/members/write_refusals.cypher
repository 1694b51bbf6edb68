// Writes why invitations do not count; nothing where they do.
// parameters: rows
// columns: -
// starts from: event_id
// mode: write
// db hits: 8 a row
UNWIND $rows AS row
MATCH (fact:Event {id: row.event})
USING INDEX SEEK fact:Event(id)
SET fact.refused = row.refused
