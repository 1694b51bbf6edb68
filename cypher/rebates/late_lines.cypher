// The late entries of accounts that a statement takes as differences of settled months.
// parameters: rows, start, before, block
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, cause, reason, at, decidedAt
// starts from: entry_late
// mode: read
// db hits: 30 a late entry
UNWIND $rows AS payee
MATCH (entry:Entry)
USING INDEX SEEK entry:Entry(payee, late)
WHERE entry.payee = payee AND $before < entry.late <= $block AND entry.at < $start
MATCH (entry)-[:FOR]->(trigger)
RETURN
  entry.id AS id, entry.rule AS rule, entry.version AS version, entry.trigger AS trigger, entry.role AS role,
  entry.payee AS payee, entry.revision AS revision, entry.status AS status, entry.amountFen AS amountFen,
  entry.points AS points, entry.cause AS cause, entry.reason AS reason, entry.at AS at,
  trigger.recordedAt AS decidedAt
ORDER BY at, id
