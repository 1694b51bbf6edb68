// By which other account of its member each account was brought in, as stored.
// parameters: rows
// columns: account, invitedAs
// starts from: identifier_id
// mode: read
// db hits: 30 a row
UNWIND $rows AS account
MATCH (anchor:Identifier {id: account})-[:INVITED_AS]->(other)
USING INDEX SEEK anchor:Identifier(id)
RETURN collect({account: account, invitedAs: other.id}) AS rows
