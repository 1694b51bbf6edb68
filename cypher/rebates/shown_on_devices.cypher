// An account of each member that events on devices between two instants show.
// parameters: rows
// columns: device, from, account
// starts from: on_device
// mode: read
// db hits: 250 a row
UNWIND $rows AS row
MATCH (event:OnDevice)
USING INDEX SEEK event:OnDevice(device, at)
WHERE event.device = row.device AND row.from <= event.at < row.to AND NOT event.voided
MATCH (event)-[:SHOWS]->(identifier)-[:OF]->(member)
WITH row, member, min(identifier.id) AS account
RETURN collect({device: row.device, from: row.from, account: account}) AS rows
