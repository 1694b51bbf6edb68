// Drops the frozen totals of accounts; they are added up anew from the journal when they are asked for.
// parameters: rows
// columns: -
// starts from: statement_payee
// mode: write
// db hits: 40 a row
UNWIND $rows AS payee
MATCH (frozen:Statement)
USING INDEX SEEK frozen:Statement(payee, period)
WHERE frozen.payee = payee AND frozen.period IS NOT NULL
DELETE frozen
