// All identity policies in force.
// parameters: -
// columns: event, at, body
// starts from: the label PolicyFact, because policies are few
// mode: read
// db hits: 8 a policy
MATCH (fact:PolicyFact)
WHERE NOT fact.voided
RETURN fact.id AS event, fact.at AS at, fact.body AS body
