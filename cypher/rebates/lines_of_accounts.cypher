// The first entries of each of these accounts that a statement is made of: those of the month, and late ones.
// parameters: rows, start, end, before, block, limit
// columns: payee, late, entries
// starts from: entry_payee, entry_late
// mode: read
// db hits: 30 an entry
UNWIND $rows AS payee
CALL (payee) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, late)
  WHERE entry.payee = payee AND $before < entry.late <= $block AND entry.at < $start
  RETURN collect([
    entry.at, entry.id, entry.revision, entry.rule, entry.version, entry.trigger, entry.role, entry.status,
    entry.amountFen, entry.points, entry.cause, entry.reason
  ]) AS late
}
CALL (payee) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = payee AND $start <= entry.at < $end AND entry.block <= $block
  WITH entry ORDER BY entry.payee, entry.at LIMIT $limit
  RETURN collect([
    entry.at, entry.id, entry.revision, entry.rule, entry.version, entry.trigger, entry.role, entry.status,
    entry.amountFen, entry.points, entry.cause, entry.reason
  ]) AS entries
}
RETURN collect({payee: payee, late: late, entries: entries}) AS rows
