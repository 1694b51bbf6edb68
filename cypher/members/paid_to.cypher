// The decisions in force and the entries of the journal that pay accounts.
// parameters: rows
// columns: account, decisions, entries
// starts from: decision_alone, entry_payee
// mode: read
// db hits: 900 a row
UNWIND $rows AS account
CALL (account) {
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(payee, at, rebate)
  WHERE decision.payee = account AND decision.at IS NOT NULL AND decision.rebate IS NOT NULL
  RETURN collect(properties(decision)) AS alone
}
CALL (account) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = account AND entry.at IS NOT NULL
  RETURN collect(properties(entry)) AS entries
}
RETURN collect({
  account: account,
  decisions: alone + [entry IN entries WHERE entry.state IS NOT NULL],
  entries: entries
}) AS rows
