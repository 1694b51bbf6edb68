// How many events of each type the log has, and how many of them are voided.
// parameters: -
// columns: type, events, voided
// starts from: event_type_at
// mode: read
// db hits: 3 an event
MATCH (event:Event)
WHERE event.type IS NOT NULL AND event.at IS NOT NULL
RETURN event.type AS type, count(event) AS events, sum(CASE WHEN event.voided THEN 1 ELSE 0 END) AS voided
ORDER BY type
