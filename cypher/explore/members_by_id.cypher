// The next members by id.
// parameters: after, limit
// columns: key
// starts from: member_id
// mode: read
// db hits: 3 a key of the page
MATCH (member:Member)
USING INDEX SEEK member:Member(id)
WHERE member.id > $after
RETURN member.id AS key ORDER BY key LIMIT $limit
