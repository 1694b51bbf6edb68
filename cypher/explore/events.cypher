// What hand-overs, sales and scans name: parties, the member whose account it is and, where asked for, items.
// parameters: rows
// columns: event, type, at, sender, receiver, salesperson, promoCode, region, channel, campaign, owners, items, members
// starts from: event_id
// mode: read
// db hits: 400 a row
UNWIND $rows AS row
MATCH (event:Event {id: row.event})
USING INDEX SEEK event:Event(id)
RETURN collect({
  event: event.id, type: event.type, at: event.at, sender: event.sender, receiver: event.receiver,
  salesperson: event.salesperson, promoCode: event.promoCode, region: event.region, channel: event.channel,
  campaign: event.campaign, owners: [(event)-[:OWNED_BY]->(party) | party.id],
  items: COLLECT {
    MATCH (event)-[:NAMES|SCANS]->(run)
    WHERE row.whole
    OPTIONAL MATCH (run)-[:SAME_ITEM_AS]->(hub)
    RETURN [coalesce(hub.first, run.first), run.first, run.last]
  },
  members: COLLECT {
    MATCH (event)-[:SHOWS]->(identifier)-[:OF]->(member)
    WHERE event.account IS NULL OR event.account = identifier.id
    RETURN DISTINCT member.id
  }
}) AS rows
