// Writes by whom accounts were brought in.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (invitee:Identifier {id: row.account})
USING INDEX SEEK invitee:Identifier(id)
CALL (row, invitee) {
  MATCH (inviter:Identifier {id: row.inviter})
  USING INDEX SEEK inviter:Identifier(id)
  CREATE (invitee)-[:INVITED_BY {event: row.event, at: row.at, inviter: row.inviter, campaign: row.campaign}]->(inviter)
}
