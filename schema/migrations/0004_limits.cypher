// What limits reserve, and what caps and budgets have let through.
CREATE INDEX decision_limited IF NOT EXISTS FOR (n:Decision) ON (n.limited, n.at);
CREATE INDEX decision_limited_group IF NOT EXISTS FOR (n:Decision) ON (n.limited, n.group, n.at);
CREATE CONSTRAINT tally_id IF NOT EXISTS FOR (n:Tally) REQUIRE n.id IS UNIQUE;
CREATE INDEX tally_rule IF NOT EXISTS FOR (n:Tally) ON (n.rule);
CREATE INDEX tally_rule_day IF NOT EXISTS FOR (n:Tally) ON (n.rule, n.day);

// Holds: what happened on a device, and the reviews of what is held.
CREATE INDEX on_device IF NOT EXISTS FOR (n:OnDevice) ON (n.device, n.at);
CREATE INDEX hold_fact_rebate IF NOT EXISTS FOR (n:HoldFact) ON (n.rebate);
CREATE INDEX event_account IF NOT EXISTS FOR (n:Event) ON (n.account);
CREATE INDEX refund_fact_order IF NOT EXISTS FOR (n:RefundFact) ON (n.order);
CREATE INDEX order_fact_order IF NOT EXISTS FOR (n:OrderFact) ON (n.order);
