// The scans of accounts, and the items scanned.
// parameters: rows
// columns: account, event, at, code, item
// starts from: event_account
// mode: read
// db hits: 200 a row
UNWIND $rows AS account
MATCH (scan:Event {account: account})
USING INDEX SEEK scan:Event(account)
WHERE scan.type = 'goods.scanned' AND NOT scan.voided
MATCH (scan)-[:SCANS]->(run)
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN collect({
  account: account, event: scan.id, at: scan.at, code: scan.code, item: coalesce(hub.first, run.first)
}) AS rows
