// The scans on devices between two instants, and the store that owned the goods of each.
// parameters: rows
// columns: device, event, at, store
// starts from: on_device
// mode: read
// db hits: 150 a row
UNWIND $rows AS row
MATCH (scan:OnDevice)
USING INDEX SEEK scan:OnDevice(device, at)
WHERE scan.device = row.device AND row.from <= scan.at < row.to AND scan.type = 'goods.scanned' AND NOT scan.voided
WITH DISTINCT scan
RETURN collect({
  device: scan.device, event: scan.id, at: scan.at, store: [(scan)-[:SCANNED_AT]->(store) | store.id][0]
}) AS rows
