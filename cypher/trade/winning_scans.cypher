// The scans that won vouchers, as their issues say, and the items scanned.
// parameters: rows
// columns: issue, scan, at, code, item
// starts from: event_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (issue:Event {id: id})
USING INDEX SEEK issue:Event(id)
CALL (issue) {
  MATCH (scan:Event {id: issue.scan})
  USING INDEX SEEK scan:Event(id)
  WHERE scan.type = 'goods.scanned' AND NOT scan.voided
  MATCH (scan)-[:SCANS]->(run)
  OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
  RETURN scan, coalesce(hub.first, run.first) AS item LIMIT 1
}
RETURN collect({issue: id, scan: scan.id, at: scan.at, code: scan.code, item: item}) AS rows
