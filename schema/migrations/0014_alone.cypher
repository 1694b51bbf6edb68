// A decision that shares the node of its entry is found by the entry's payee, so only decisions alone, which have a
// `rebate`, stand in an index of their own.
DROP INDEX decision_payee IF EXISTS;
CREATE INDEX decision_alone IF NOT EXISTS FOR (n:Decision) ON (n.payee, n.at, n.rebate);
