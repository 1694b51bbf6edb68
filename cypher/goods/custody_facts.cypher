// The facts that make, pack, unpack, destroy or alias items, and the containers that packings put them into; and what
// became of the items and which containers held them, as derived so far.
// parameters: rows
// columns: item, made, moved, filled, equated, born, gone, sku, batch, level, stays
// starts from: run_first
// mode: read
// db hits: 200 a row
UNWIND $rows AS item
MATCH (hub:Run {first: item})
USING INDEX SEEK hub:Run(first)
RETURN collect({
  item: item,
  made: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:NAMES]-(fact)
    WHERE fact.type IN ['goods.commissioned', 'goods.destroyed'] AND NOT fact.voided
    RETURN [fact.at, fact.id, fact.recordedAt, fact.type, run.first, null, fact.sku, fact.batch, fact.level]
  },
  moved: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:PACKS]-(fact)-[:INTO]->(container)
    WHERE NOT fact.voided
    OPTIONAL MATCH (container)-[:SAME_ITEM_AS]->(containerHub)
    RETURN [
      fact.at, fact.id, fact.recordedAt, fact.type, run.first, container.first,
      coalesce(containerHub.first, container.first)
    ]
  },
  filled: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:INTO]-(fact)
    WHERE fact.type = 'goods.packed' AND NOT fact.voided
    RETURN [fact.at, fact.id, fact.recordedAt, fact.type, null, run.first]
  },
  equated: COLLECT {
    MATCH (hub)<-[:SAME_ITEM_AS*0..1]-(run)
    MATCH (run)<-[:EQUATES]-(fact)
    WHERE NOT fact.voided
    RETURN [fact.id, fact.recordedAt, run.first]
  },
  born: CASE WHEN hub.bornAt IS NOT NULL THEN [hub.bornAt, hub.bornBy] END,
  gone: CASE WHEN hub.goneAt IS NOT NULL THEN [hub.goneAt, hub.goneBy] END, sku: hub.sku, batch: hub.batch,
  level: hub.level,
  stays: [
    (hub)-[stay:INSIDE]->(container) |
    [container.first, stay.from, stay.fromEvent, stay.until, stay.untilEvent]
  ]
}) AS rows
