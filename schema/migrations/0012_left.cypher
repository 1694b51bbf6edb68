// Members who left, by the names under which their accounts go on.
CREATE INDEX member_fact_pseudonym IF NOT EXISTS FOR (n:MemberFact) ON (n.pseudonym);
