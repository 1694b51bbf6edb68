// The closings that took effect, those voided since included.
// parameters: -
// columns: event, period, block
// starts from: the label PeriodFact, because closed months are few
// mode: read
// db hits: 200 in all
MATCH (fact:PeriodFact)
WHERE fact.block IS NOT NULL
RETURN fact.id AS event, fact.period AS period, fact.block AS block
