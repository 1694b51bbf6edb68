// What the journal holds for accounts.
// parameters: rows
// columns: account, entries, amountFen, points
// starts from: entry_payee
// mode: read
// db hits: 300 a row
UNWIND $rows AS account
CALL (account) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = account AND entry.at IS NOT NULL
  RETURN count(entry) AS entries, coalesce(sum(entry.amountFen), 0) AS amountFen, coalesce(sum(entry.points), 0) AS points
}
RETURN collect({account: account, entries: entries, amountFen: amountFen, points: points}) AS rows
