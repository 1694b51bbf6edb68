// The next members that accounts brought in, all together in the order of the invitations, behind one of them.
// parameters: rows, at, event, limit
// columns: inviter, invitee, event, at, campaign
// starts from: invited_by_inviter
// mode: read
// db hits: 8 an invitation of the page
UNWIND $rows AS account
CALL (account) {
  MATCH (invitee)-[by:INVITED_BY]->()
  USING INDEX SEEK by:INVITED_BY(inviter, at, event)
  WHERE by.inviter = account AND by.at >= $at AND by.event IS NOT NULL AND (by.at > $at OR by.event > $event)
  RETURN by, invitee ORDER BY by.inviter, by.at, by.event LIMIT $limit
}
WITH account, by, invitee ORDER BY by.at, by.event LIMIT $limit
RETURN collect({
  inviter: account, invitee: invitee.id, event: by.event, at: by.at, campaign: by.campaign
}) AS rows
