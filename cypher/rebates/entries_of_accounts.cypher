// All that was booked for accounts.
// parameters: rows
// columns: id, payee, rule, trigger, role, cause, at
// starts from: entry_payee
// mode: read
// db hits: 600 a row
UNWIND $rows AS account
MATCH (entry:Entry)
USING INDEX SEEK entry:Entry(payee, at)
WHERE entry.payee = account AND entry.at IS NOT NULL
RETURN collect({
  id: entry.id, payee: entry.payee, rule: entry.rule, trigger: entry.trigger, role: entry.role, cause: entry.cause,
  at: entry.at
}) AS rows
