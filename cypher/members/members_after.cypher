// The next members by id.
// parameters: after, limit
// columns: member
// starts from: member_id
// mode: read
// db hits: 3 a member of the page
MATCH (member:Member)
USING INDEX SEEK member:Member(id)
WHERE member.id > $after
RETURN member.id AS member ORDER BY member LIMIT $limit
