// What these events name: the keys from which everything derived of them is derived.
// parameters: rows
// columns: event, type, at, voided, sku, promoCode, relation, rule, source, pet, body, parties, runs, containers, named, shown
// starts from: event_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
RETURN
  id AS event, event.type AS type, event.at AS at, event.voided AS voided,
  event.sku AS sku, event.promoCode AS promoCode, event.relation AS relation, event.rule AS rule,
  event.source AS source, event.pet AS pet,
  CASE WHEN event:RuleFact THEN event.body END AS body,
  [(event)-[named:REGISTERS|PARENT|CHILD|CONCERNS|TO]->(party) | [type(named), party.id]] AS parties,
  [(event)-[:NAMES|PACKS|EQUATES|SCANS|ORDERS]->(run) | run.first] AS runs,
  [(event)-[:INTO]->(run) | run.first] AS containers,
  [id IN [event.memberId, event.inviteeId] WHERE id IS NOT NULL] AS named,
  [(event)-[shows:SHOWS]->(identifier) | [shows.list, identifier.id, shows.unfit]] AS shown
