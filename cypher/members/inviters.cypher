// By which invitation accounts were brought in, and by which account.
// parameters: rows
// columns: account, event, at, inviter, campaign
// starts from: identifier_id
// mode: read
// db hits: 30 a row
UNWIND $rows AS account
MATCH (invitee:Identifier {id: account})-[by:INVITED_BY]->()
USING INDEX SEEK invitee:Identifier(id)
RETURN collect({account: account, event: by.event, at: by.at, inviter: by.inviter, campaign: by.campaign}) AS rows
