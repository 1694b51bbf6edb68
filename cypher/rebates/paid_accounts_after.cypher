// The next accounts that anything was ever paid to.
// parameters: after, limit
// columns: payee
// starts from: payment_fact_account
// mode: read
// db hits: 3 a payment
MATCH (fact:PaymentFact)
USING INDEX SEEK fact:PaymentFact(account)
WHERE fact.account > $after
WITH DISTINCT fact.account AS payee ORDER BY payee LIMIT $limit
RETURN payee
