// The log, and what facts name.
CREATE CONSTRAINT intake_id IF NOT EXISTS FOR (n:Intake) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT pending_id IF NOT EXISTS FOR (n:Pending) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT event_id IF NOT EXISTS FOR (n:Event) REQUIRE n.id IS UNIQUE;
CREATE INDEX event_type_at IF NOT EXISTS FOR (n:Event) ON (n.type, n.at);
CREATE INDEX event_recorded IF NOT EXISTS FOR (n:Event) ON (n.recordedAt);
CREATE INDEX trigger_at IF NOT EXISTS FOR (n:Trigger) ON (n.at);
CREATE INDEX clock_through IF NOT EXISTS FOR (n:ClockFact) ON (n.through);
CREATE INDEX void_voids IF NOT EXISTS FOR (n:Void) ON (n.voids);
CREATE CONSTRAINT party_id IF NOT EXISTS FOR (n:Party) REQUIRE n.id IS UNIQUE;
CREATE INDEX party_kind IF NOT EXISTS FOR (n:Party) ON (n.kind, n.id);
CREATE INDEX party_region IF NOT EXISTS FOR (n:Party) ON (n.region);
CREATE INDEX party_fact_promo_code IF NOT EXISTS FOR (n:PartyFact) ON (n.promoCode);
CREATE INDEX product_fact_sku IF NOT EXISTS FOR (n:ProductFact) ON (n.sku);
CREATE INDEX goods_fact_sku IF NOT EXISTS FOR (n:GoodsFact) ON (n.sku);
CREATE CONSTRAINT run_first IF NOT EXISTS FOR (n:Run) REQUIRE n.first IS UNIQUE;
CREATE INDEX scan_promo_code IF NOT EXISTS FOR (n:Scan) ON (n.promoCode);
CREATE CONSTRAINT identifier_id IF NOT EXISTS FOR (n:Identifier) REQUIRE n.id IS UNIQUE;
CREATE INDEX member_fact_account IF NOT EXISTS FOR (n:MemberFact) ON (n.account);
CREATE INDEX member_fact_invitee IF NOT EXISTS FOR (n:MemberFact) ON (n.invitee);
CREATE CONSTRAINT member_id IF NOT EXISTS FOR (n:Member) REQUIRE n.id IS UNIQUE;

// What is decided, and the journal of it.
CREATE CONSTRAINT decision_id IF NOT EXISTS FOR (n:Decision) REQUIRE n.id IS UNIQUE;
CREATE INDEX decision_payee IF NOT EXISTS FOR (n:Decision) ON (n.payee, n.at);
CREATE INDEX decision_status IF NOT EXISTS FOR (n:Decision) ON (n.status, n.at);
CREATE INDEX decision_due IF NOT EXISTS FOR (n:Decision) ON (n.due);
CREATE CONSTRAINT entry_id IF NOT EXISTS FOR (n:Entry) REQUIRE n.id IS UNIQUE;
CREATE INDEX entry_payee IF NOT EXISTS FOR (n:Entry) ON (n.payee, n.at);
