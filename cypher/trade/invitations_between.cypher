// The invitations in force of a period.
// parameters: from, until, limit
// columns: event, at, inviter, invitee, campaign, refused
// starts from: event_type_at
// mode: read
// db hits: 12 an invitation of the page
MATCH (fact:Event)
WHERE fact.type = 'member.invited' AND $from <= fact.at < $until AND NOT fact.voided
WITH fact ORDER BY fact.type, fact.at LIMIT $limit
RETURN collect({
  event: fact.id, at: fact.at, inviter: fact.account, invitee: fact.invitee, campaign: fact.campaign,
  refused: fact.refused
}) AS rows
