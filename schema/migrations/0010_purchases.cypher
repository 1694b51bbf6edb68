// Till sales by their order, so that who claims the order later has bought the goods.
CREATE INDEX goods_fact_order IF NOT EXISTS FOR (n:GoodsFact) ON (n.order);
