// All scans of an item, valid or not, and when it came to exist.
// parameters: rows
// columns: item, event, at, recordedAt, account
// starts from: run_first
// mode: read
// db hits: 15 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:SCANS]-(scan)
WHERE NOT scan.voided
RETURN item, scan.id AS event, scan.at AS at, scan.recordedAt AS recordedAt, scan.account AS account
