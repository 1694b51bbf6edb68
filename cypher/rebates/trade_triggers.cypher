// Redemptions, registrations and orders in force: what they say.
// parameters: rows
// columns: event, type, at, recordedAt, account, voucher, order, promoCode, channel, campaign, paidFen, shippingFen, spendFen, store, clerk, body
// starts from: event_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
WHERE event.type IN ['voucher.redeemed', 'member.registered', 'order.placed'] AND NOT event.voided
RETURN collect({
  event: id, type: event.type, at: event.at, recordedAt: event.recordedAt, account: event.account,
  voucher: event.voucher, order: event.order, promoCode: event.promoCode, channel: event.channel,
  campaign: event.campaign, paidFen: event.paidFen, shippingFen: event.shippingFen, spendFen: event.spendFen,
  store: [(event)-[:AT]->(store) | store.id][0], clerk: [(event)-[:SERVED_BY]->(clerk) | clerk.id][0],
  body: CASE event.type WHEN 'order.placed' THEN event.body END
}) AS rows
