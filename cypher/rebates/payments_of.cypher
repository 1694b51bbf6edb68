// What is booked of payments to accounts.
// parameters: rows
// columns: payee, period, fen, block
// starts from: payment_fact_account
// mode: read
// db hits: 10 a payment
UNWIND $rows AS payee
MATCH (fact:PaymentFact {account: payee})<-[:PAID_BY]-(payment)
USING INDEX SEEK fact:PaymentFact(account)
RETURN collect({payee: payee, period: payment.period, fen: payment.fen, block: payment.block}) AS rows
