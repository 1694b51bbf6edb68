UNWIND $rows AS row
MATCH (invitee:Identifier {id: row[0]})
USING INDEX SEEK invitee:Identifier(id)
CALL (row, invitee) {
  MATCH (inviter:Identifier {id: row[1]})
  USING INDEX SEEK inviter:Identifier(id)
  CREATE (invitee)-[:INVITED_BY {event: row[2], at: row[3], inviter: row[1], campaign: 'spring'}]->(inviter)
}
