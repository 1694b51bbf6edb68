// The events that may pay: what they say, and the runs whose codes they name.
// parameters: rows
// columns: event, type, at, recordedAt, voided, account, promoCode, region, channel, campaign, code, party, run, last, item
// starts from: event_id
// mode: read
// db hits: 110 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.type IN ['goods.scanned', 'goods.received']
MATCH (event)-[:SCANS|NAMES]->(run)
OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
RETURN
  id AS event, event.type AS type, event.at AS at, event.recordedAt AS recordedAt, event.voided AS voided,
  event.account AS account, event.promoCode AS promoCode, event.region AS region, event.channel AS channel,
  event.campaign AS campaign, event.code AS code, event.receiver AS party,
  run.first AS run, run.last AS last, coalesce(hub.first, run.first) AS item
