// The events that may pay for an item or for anything inside it, from an instant on.
// Inside counts what was so at some time between `from` and `until`.
// parameters: rows, limit
// columns: trigger
// starts from: run_first
// mode: read
// db hits: 400 a row
UNWIND $rows AS row
MATCH (top:Run {first: row.item})
USING INDEX SEEK top:Run(first)
MATCH (top)<-[stays:INSIDE*0..]-(item)
WHERE all(stay IN stays WHERE stay.from <= row.until AND (stay.until IS NULL OR stay.until >= row.from))
WITH DISTINCT item, row.from AS since
MATCH (item)<-[:SAME_ITEM_AS*0..1]-(run)
MATCH (run)<-[:SCANS|NAMES|ORDERS]-(trigger)
WHERE trigger.at >= since AND NOT trigger.voided
  // A label in the pattern would let a plan begin with it.
  AND 'Trigger' IN labels(trigger)
WITH DISTINCT trigger.id AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
