// Who brought a member in, who brought that one in, and so on, nearest first; two hundred levels at most.
// parameters: member, limit
// columns: member, event, at, campaign, inviter
// starts from: member_id
// mode: read
// db hits: 3000 in all
MATCH (start:Member {id: $member})
USING INDEX SEEK start:Member(id)
MATCH (start) (()<-[:OF]-()-[by:INVITED_BY]->()-[:OF]->()){1,200} (above)
WITH above, by ORDER BY size(by) LIMIT $limit
WITH above, by[-1] AS by
RETURN above.id AS member, by.event AS event, by.at AS at, by.campaign AS campaign, by.inviter AS inviter
