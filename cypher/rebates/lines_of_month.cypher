// The next entries of accounts that happened in a month, as far as a statement saw them, behind (at, id).
// parameters: rows, at, id, end, block, limit
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, cause, reason, at, decidedAt
// starts from: entry_payee
// mode: read
// db hits: 30 an entry of the page, for each account
UNWIND $rows AS payee
CALL (payee) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = payee AND $at <= entry.at < $end AND entry.block <= $block
    AND (entry.at > $at OR entry.id > $id)
  RETURN entry ORDER BY entry.payee, entry.at, entry.id LIMIT $limit
}
WITH entry ORDER BY entry.at, entry.id LIMIT $limit
MATCH (entry)-[:FOR]->(trigger)
WITH entry, trigger.recordedAt AS decidedAt ORDER BY entry.at, entry.id
RETURN collect({
  id: entry.id, rule: entry.rule, version: entry.version, trigger: entry.trigger, role: entry.role,
  payee: entry.payee, revision: entry.revision, status: entry.status, amountFen: entry.amountFen,
  points: entry.points, cause: entry.cause, reason: entry.reason, at: entry.at, decidedAt: decidedAt
}) AS rows
