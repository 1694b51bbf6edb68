// All rules as published and withdrawn.
// parameters: -
// columns: type, rule, at, event, body
// starts from: the label RuleFact, because all rules of all brands are few
// mode: read
// db hits: 12 a rule
MATCH (fact:RuleFact)
WHERE NOT fact.voided
RETURN fact.type AS type, fact.rule AS rule, fact.at AS at, fact.id AS event, fact.body AS body
