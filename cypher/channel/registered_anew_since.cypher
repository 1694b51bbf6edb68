// The parties that were registered again after an instant: what they were then may differ from what they are.
// parameters: at
// columns: party
// starts from: event_type_at
// mode: read
// db hits: 10 a registration since then
MATCH (fact:Event)
WHERE fact.type = 'party.registered' AND fact.at > $at AND NOT fact.voided
MATCH (fact)-[:REGISTERS]->(party:Party)
WITH DISTINCT party
WHERE count { (party)<-[:REGISTERS]-() } > 1
RETURN party.id AS party
