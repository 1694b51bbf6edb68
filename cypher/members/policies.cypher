// All identity policies.
// parameters: -
// columns: event, at, voided, body
// starts from: the label PolicyFact, because policies are few
// mode: read
// db hits: 8 a policy
MATCH (fact:PolicyFact)
RETURN fact.id AS event, fact.at AS at, fact.voided AS voided, fact.body AS body
