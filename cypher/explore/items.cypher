// What items are, by the keys of runs; a run that is an alias of another is no item of its own.
// parameters: rows
// columns: item, last, level, sku, batch, born, gone, aliases
// starts from: run_first
// mode: read
// db hits: 20 a row
UNWIND $rows AS first
MATCH (hub:Run {first: first})
USING INDEX SEEK hub:Run(first)
WHERE NOT EXISTS { (hub)-[:SAME_ITEM_AS]->() }
RETURN collect({
  item: first, last: hub.last, level: hub.level, sku: hub.sku, batch: hub.batch, born: hub.bornAt, gone: hub.goneAt,
  aliases: COUNT { (hub)<-[:SAME_ITEM_AS]-() }
}) AS rows
