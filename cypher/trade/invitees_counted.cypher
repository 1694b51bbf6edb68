// How many members accounts brought in.
// parameters: rows
// columns: account, invitees
// starts from: identifier_id
// mode: read
// db hits: 10 a row
UNWIND $rows AS account
MATCH (inviter:Identifier {id: account})
USING INDEX SEEK inviter:Identifier(id)
RETURN collect({account: account, invitees: COUNT { (inviter)<-[:INVITED_BY]-() }}) AS rows
