// Deletes by whom accounts were brought in.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (invitee:Identifier {id: row.account})-[by:INVITED_BY]->()
USING INDEX SEEK invitee:Identifier(id)
DELETE by
