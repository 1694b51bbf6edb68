// The events of a type that happened from an instant on.
// parameters: rows, limit
// columns: trigger
// starts from: event_type_at
// mode: read
// db hits: 4 an event found
UNWIND $rows AS row
MATCH (trigger:Event)
WHERE trigger.type = row.type AND trigger.at >= row.from AND NOT trigger.voided
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
