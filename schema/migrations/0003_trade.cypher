// Vouchers, orders and products.
CREATE INDEX voucher_fact_voucher IF NOT EXISTS FOR (n:VoucherFact) ON (n.voucher);
CREATE INDEX voucher_fact_account IF NOT EXISTS FOR (n:VoucherFact) ON (n.account);
CREATE INDEX redemption_voucher IF NOT EXISTS FOR (n:Redemption) ON (n.voucher);
CREATE INDEX order_fact_order IF NOT EXISTS FOR (n:OrderFact) ON (n.order);
CREATE INDEX order_fact_account IF NOT EXISTS FOR (n:OrderFact) ON (n.account);
CREATE INDEX order_fact_promo_code IF NOT EXISTS FOR (n:OrderFact) ON (n.promoCode);
CREATE INDEX refund_fact_order IF NOT EXISTS FOR (n:RefundFact) ON (n.order);
CREATE CONSTRAINT product_sku IF NOT EXISTS FOR (n:Product) REQUIRE n.sku IS UNIQUE;
CREATE INDEX member_fact_promo_code IF NOT EXISTS FOR (n:MemberFact) ON (n.promoCode);

// Referrals: whom an account brought in, in the order of invitations; those of a campaign; and those that do not count.
CREATE INDEX invited_by_inviter IF NOT EXISTS FOR ()-[r:INVITED_BY]-() ON (r.inviter, r.at, r.event);
CREATE INDEX invited_by_campaign IF NOT EXISTS FOR ()-[r:INVITED_BY]-() ON (r.campaign, r.at, r.event);
CREATE INDEX member_fact_refused IF NOT EXISTS FOR (n:MemberFact) ON (n.refused, n.at);
