// The next accounts that anything was ever booked for.
// parameters: after, limit
// columns: payee
// starts from: entry_payee
// mode: read
// db hits: 3 an entry of these accounts
MATCH (entry:Entry)
USING INDEX SEEK entry:Entry(payee, at)
WHERE entry.payee > $after AND entry.at IS NOT NULL
WITH DISTINCT entry.payee AS payee ORDER BY payee LIMIT $limit
RETURN payee
