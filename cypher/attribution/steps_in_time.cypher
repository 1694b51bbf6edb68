// The next touches, or orders, of members before an instant, behind (at, id); voided ones come without a member.
// parameters: type, at, id, until, limit
// columns: member, at, event, kind, channel, campaign, store, by, order, paidFen, isDelivered
// starts from: event_type_at, identifier_id
// mode: read
// db hits: 40 an event of the page
MATCH (step:Event)
USING INDEX SEEK step:Event(type, at)
WHERE step.type = $type AND $at <= step.at < $until AND (step.at > $at OR step.id > $id)
WITH step ORDER BY step.type, step.at, step.id LIMIT $limit
CALL (step) {
  OPTIONAL MATCH (identifier:Identifier {id: step.account})-[:OF]->(member)
  USING INDEX SEEK identifier:Identifier(id)
  RETURN CASE WHEN NOT step.voided THEN coalesce(member.id, step.account) END AS member
}
RETURN
  member, step.at AS at, step.id AS event, step.kind AS kind, step.channel AS channel, step.campaign AS campaign,
  [(step)-[:AT]->(store) | store.id][0] AS store, step.by AS by, step.order AS order, step.paidFen AS paidFen,
  step.lat IS NOT NULL AS isDelivered
