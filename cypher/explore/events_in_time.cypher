// The next events of a type before an instant, behind (at, id); `named`: how many runs each names, null when voided.
// parameters: type, at, id, until, limit
// columns: event, at, named
// starts from: event_type_at
// mode: read
// db hits: 12 an event of the page
MATCH (event:Event)
USING INDEX SEEK event:Event(type, at)
WHERE event.type = $type AND $at <= event.at < $until AND (event.at > $at OR event.id > $id)
WITH event ORDER BY event.type, event.at, event.id LIMIT $limit
RETURN
  event.id AS event, event.at AS at,
  CASE WHEN event.voided THEN null ELSE COUNT { (event)-[:NAMES|SCANS]->() } END AS named
