// The closings of periods that are in force.
// parameters: -
// columns: event, at, recordedAt, period
// starts from: the label PeriodFact, because closings are few
// mode: read
// db hits: 80 in all
MATCH (fact:PeriodFact)
WHERE NOT fact.voided
RETURN collect({event: fact.id, at: fact.at, recordedAt: fact.recordedAt, period: fact.period}) AS rows
