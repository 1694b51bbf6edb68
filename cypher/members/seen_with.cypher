// The members that were seen with an identifier, in the order of their ids, a page at a time.
// parameters: identifier, after, limit
// columns: member
// starts from: identifier_id
// mode: read
// db hits: 40 a member of the page
MATCH (identifier:Identifier {id: $identifier})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)-[pair:PAIRED]-(other)
WHERE pair.count IS NOT NULL OR pair.spoiled IS NOT NULL OR pair.linkedFirst IS NOT NULL
MATCH (other)-[:OF]->(member)
WHERE member.id > $after
WITH DISTINCT member.id AS member ORDER BY member LIMIT $limit
RETURN collect({member: member}) AS rows
