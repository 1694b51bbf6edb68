// Invitations in force.
// parameters: rows
// columns: at, event, inviter, invitee, campaign, refused
// starts from: event_id
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
WHERE fact.type = 'member.invited' AND NOT fact.voided
RETURN collect({
  at: fact.at, event: fact.id, inviter: fact.account, invitee: fact.invitee, campaign: fact.campaign,
  refused: fact.refused
}) AS rows
