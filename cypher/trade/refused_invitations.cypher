// The next invitations that do not count for a reason, in the order of time.
// parameters: reason, at, event, limit
// columns: event, at, inviter, invitee, campaign, refused
// starts from: member_fact_refused
// mode: read
// db hits: 12 an invitation of the page
MATCH (fact:MemberFact)
USING INDEX SEEK fact:MemberFact(refused, at)
WHERE fact.refused = $reason AND fact.at >= $at AND (fact.at > $at OR fact.id > $event) AND NOT fact.voided
WITH fact ORDER BY fact.at, fact.id LIMIT $limit
RETURN collect({
  event: fact.id, at: fact.at, inviter: fact.account, invitee: fact.invitee, campaign: fact.campaign,
  refused: fact.refused
}) AS rows
