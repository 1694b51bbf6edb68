// The hand-overs, sales and scans between two instants that name items, at most so many.
// parameters: rows, types, from, until, limit
// columns: item, event
// starts from: run_first
// mode: read
// db hits: 100 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:NAMES|SCANS]-(event)
WHERE event.type IN $types AND $from <= event.at < $until AND NOT event.voided
WITH DISTINCT item, event LIMIT $limit
RETURN collect({item: item, event: event.id}) AS rows
