// The chain of the journal, payments, late entries, and the frozen totals of accounts.
CREATE CONSTRAINT block_number IF NOT EXISTS FOR (n:Block) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT payment_id IF NOT EXISTS FOR (n:Payment) REQUIRE n.id IS UNIQUE;
CREATE INDEX payment_fact_account IF NOT EXISTS FOR (n:PaymentFact) ON (n.account);
CREATE INDEX entry_late IF NOT EXISTS FOR (n:Entry) ON (n.payee, n.late);
CREATE INDEX statement_payee IF NOT EXISTS FOR (n:Statement) ON (n.payee, n.period);
