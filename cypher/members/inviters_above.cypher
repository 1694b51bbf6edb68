// By which invitations an account was brought in, the account that invited it, that one's inviter, and so on, nearest
// first; three hundred steps at most. Steps from one account of a member to another are not told.
// parameters: account, limit
// columns: inviter, event, at, campaign
// starts from: identifier_id
// mode: read
// db hits: 2000 in all
MATCH (start:Identifier {id: $account})
USING INDEX SEEK start:Identifier(id)
MATCH (start) (()-[steps:INVITED_BY|INVITED_AS]->()){1,300} ()
WITH steps[-1] AS by, size(steps) AS depth
WHERE by:INVITED_BY
WITH by ORDER BY depth LIMIT $limit
RETURN by.inviter AS inviter, by.event AS event, by.at AS at, by.campaign AS campaign
