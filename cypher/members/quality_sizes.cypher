// How many of the next members have how many identifiers.
// parameters: after, limit
// columns: member, identifiers
// starts from: member_id
// mode: read
// db hits: 12 a member of the page
MATCH (member:Member)
USING INDEX SEEK member:Member(id)
WHERE member.id > $after
WITH member ORDER BY member.id LIMIT $limit
RETURN collect({member: member.id, identifiers: COUNT { (member)<-[:OF]-() }}) AS rows
