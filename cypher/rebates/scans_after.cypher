// The scans on the devices of these events that happened at most so long after them.
// parameters: rows, window
// columns: trigger
// starts from: event_id, on_device
// mode: read
// db hits: 30 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
CALL (event) {
  MATCH (scan:OnDevice)
  USING INDEX SEEK scan:OnDevice(device, at)
  WHERE scan.device = event.device AND event.at <= scan.at < event.at + $window
    AND scan.type = 'goods.scanned' AND NOT scan.voided
  RETURN scan.id AS trigger
}
WITH DISTINCT trigger
RETURN collect({trigger: trigger}) AS rows
