// What the journal says of accounts, for a month: what came before it, late entries, and the month itself.
// parameters: rows, start, end, before, block
// columns: payee, gross, held, earlierLate, earlierLateHeld, adjusted, adjustedHeld, earned, reversed, monthHeld
// starts from: entry_payee, entry_late
// mode: read
// db hits: 5 an entry of these accounts since the row's `since`
UNWIND $rows AS row
CALL (row) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = row.payee AND row.since <= entry.at < $start AND entry.block <= $before
  RETURN
    coalesce(sum(entry.amountFen), 0) AS gross,
    coalesce(sum(CASE entry.status WHEN 'HELD' THEN entry.amountFen END), 0) AS held
}
CALL (row) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, late)
  WHERE entry.payee = row.payee AND row.seen < entry.late <= $block
  WITH entry.amountFen AS fen, entry.status = 'HELD' AS isHeld,
    entry.at < row.since AND entry.late <= $before AS isEarlier, entry.at < $start AND entry.late > $before AS isAdjusted
  RETURN
    coalesce(sum(CASE WHEN isEarlier THEN fen END), 0) AS earlierLate,
    coalesce(sum(CASE WHEN isEarlier AND isHeld THEN fen END), 0) AS earlierLateHeld,
    coalesce(sum(CASE WHEN isAdjusted THEN fen END), 0) AS adjusted,
    coalesce(sum(CASE WHEN isAdjusted AND isHeld THEN fen END), 0) AS adjustedHeld
}
CALL (row) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = row.payee AND $start <= entry.at < $end AND entry.block <= $block
  WITH entry.amountFen AS fen, entry.status = 'HELD' AS isHeld, entry.cause IS NOT NULL AS isRefund
  RETURN
    coalesce(sum(CASE WHEN NOT isRefund THEN fen END), 0) AS earned,
    coalesce(sum(CASE WHEN isRefund THEN fen END), 0) AS reversed,
    coalesce(sum(CASE WHEN isHeld THEN fen END), 0) AS monthHeld
}
RETURN collect({
  payee: row.payee, gross: gross, held: held, earlierLate: earlierLate, earlierLateHeld: earlierLateHeld,
  adjusted: adjusted, adjustedHeld: adjustedHeld, earned: earned, reversed: reversed, monthHeld: monthHeld
}) AS rows
