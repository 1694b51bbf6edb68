// The scans of an item, with the code that each of them read.
// parameters: rows
// columns: item, event, at, code
// starts from: run_first
// mode: read
// db hits: 30 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:SCANS]-(scan)
WHERE NOT scan.voided
RETURN item, scan.id AS event, scan.at AS at, scan.code AS code
