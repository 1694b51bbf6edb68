// The events about members that were shown on devices between two instants, as far as they happened then.
// parameters: rows, limit
// columns: trigger
// starts from: on_device, event_account
// mode: read
// db hits: 600 a row
UNWIND $rows AS row
MATCH (shown:OnDevice)
USING INDEX SEEK shown:OnDevice(device, at)
WHERE shown.device = row.device AND row.from <= shown.at < row.to
MATCH (shown)-[:SHOWS]->(one)
OPTIONAL MATCH (one)-[:OF]->()<-[:OF]-(other)
WITH row, one, collect(other.id) AS others
UNWIND others + [one.id] AS account
WITH DISTINCT row, account
CALL (row, account) {
  MATCH (trigger:Event {account: account})
  USING INDEX SEEK trigger:Event(account)
  WHERE row.from <= trigger.at < row.to AND trigger:Trigger AND NOT trigger.voided
  RETURN trigger
}
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
