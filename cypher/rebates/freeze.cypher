// Keeps the frozen statements of accounts for a month, in place of those of a settlement that was voided.
// parameters: rows, period
// columns: -
// starts from: statement_payee
// mode: write
// db hits: 45 a row
UNWIND $rows AS row
MERGE (frozen:Statement {payee: row.payee, period: $period})
SET frozen = row
