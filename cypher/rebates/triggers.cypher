// The events that may pay: what they say, and of scans and receipts the runs whose codes they name; of others only that.
// parameters: rows
// columns: event, type, at, recordedAt, voided, account, promoCode, region, channel, campaign, device, code, party, run, last, item
// starts from: event_id
// mode: read
// db hits: 110 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
OPTIONAL MATCH (event)-[:SCANS|NAMES]->(run)
WHERE event.type IN ['goods.scanned', 'goods.received']
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN collect({
  event: id, type: event.type, at: event.at, recordedAt: event.recordedAt, voided: event.voided,
  account: event.account, promoCode: event.promoCode, region: event.region, channel: event.channel,
  campaign: event.campaign, device: event.device, code: event.code, party: event.receiver, run: run.first, last: run.last,
  item: coalesce(hub.first, run.first)
}) AS rows
