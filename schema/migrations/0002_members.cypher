// Whatever is about a member by its account, in the log and under the name that a leaving gives it.
CREATE INDEX event_account IF NOT EXISTS FOR (n:Event) ON (n.account);

// Pets: who registered them, and what was done for them.
CREATE INDEX member_fact_pet IF NOT EXISTS FOR (n:MemberFact) ON (n.pet);
CREATE INDEX care_fact_pet IF NOT EXISTS FOR (n:CareFact) ON (n.pet);
