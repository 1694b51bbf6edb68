// When items came to exist, as derived.
// parameters: rows
// columns: item, bornAt, bornBy, goneAt, goneBy, sku, batch, level
// starts from: run_first
// mode: read
// db hits: 10 a row
UNWIND $rows AS item
MATCH (run:Run {first: item})
RETURN
  item, run.bornAt AS bornAt, run.bornBy AS bornBy, run.goneAt AS goneAt, run.goneBy AS goneBy,
  run.sku AS sku, run.batch AS batch, run.level AS level
