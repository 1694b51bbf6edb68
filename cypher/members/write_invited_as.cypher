// Writes by which other account of its member each account was brought in.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (anchor:Identifier {id: row.account})
USING INDEX SEEK anchor:Identifier(id)
CALL (row, anchor) {
  MATCH (other:Identifier {id: row.invitedAs})
  USING INDEX SEEK other:Identifier(id)
  CREATE (anchor)-[:INVITED_AS]->(other)
}
