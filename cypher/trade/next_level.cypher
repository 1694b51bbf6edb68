// The members that accounts brought in: all their accounts, as many as asked for at most.
// parameters: rows, limit
// columns: member, accounts
// starts from: invited_by_inviter
// mode: read
// db hits: 60 a row
UNWIND $rows AS account
MATCH (invitee)-[by:INVITED_BY]->()
USING INDEX SEEK by:INVITED_BY(inviter, at, event)
WHERE by.inviter = account AND by.at IS NOT NULL AND by.event IS NOT NULL
MATCH (invitee)-[:OF]->(member)
WITH member LIMIT $limit
RETURN collect({member: member.id, accounts: [(member)<-[:OF]-(one) | one.id]}) AS rows
