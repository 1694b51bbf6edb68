// The closings in force that have not taken effect yet.
// parameters: -
// columns: event, period
// starts from: the label PeriodFact, because closed months are few
// mode: read
// db hits: 200 in all
MATCH (fact:PeriodFact)
WHERE fact.block IS NULL AND NOT fact.voided
RETURN fact.id AS event, fact.period AS period
