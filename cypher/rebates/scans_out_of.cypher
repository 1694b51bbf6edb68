// The scans of what ever was in these cartons, before an instant.
// parameters: rows, before
// columns: event
// starts from: run_first
// mode: read
// db hits: 400 a row
UNWIND $rows AS item
MATCH (carton:Run {first: item})
USING INDEX SEEK carton:Run(first)
MATCH (carton)<-[:INSIDE]-(hub)
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:SCANS]-(scan)
WHERE scan.at < $before AND NOT scan.voided
WITH DISTINCT scan.id AS event
RETURN collect({event: event}) AS rows
