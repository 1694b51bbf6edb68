// The first registration of each member, or of each account that is no member's, before an instant.
// parameters: before
// columns: event, at
// starts from: event_type_at, identifier_id
// mode: read
// db hits: 25 a registration
MATCH (fact:Event)
USING INDEX SEEK fact:Event(type, at)
WHERE fact.type = 'member.registered' AND fact.at < $before AND NOT fact.voided AND fact.account IS NOT NULL
OPTIONAL MATCH (identifier:Identifier {id: fact.account})-[:OF]->(member)
USING INDEX SEEK identifier:Identifier(id)
WITH fact, coalesce(member.id, fact.account) AS person ORDER BY fact.at, fact.id
WITH person, collect(fact)[0] AS first
RETURN collect({event: first.id, at: first.at}) AS rows
