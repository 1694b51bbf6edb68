// Deletes by which other account of its member accounts were brought in.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (anchor:Identifier {id: row.account})-[as:INVITED_AS]->()
USING INDEX SEEK anchor:Identifier(id)
DELETE as
