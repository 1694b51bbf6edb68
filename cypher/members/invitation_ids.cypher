// The next invitations in the order of time.
// parameters: at, id, limit
// columns: at, id
// starts from: event_type_at
// mode: read
// db hits: 6 an invitation of the page
MATCH (fact:Event)
WHERE fact.type = 'member.invited' AND fact.at >= $at AND (fact.at > $at OR fact.id > $id)
RETURN fact.at AS at, fact.id AS id ORDER BY fact.type, fact.at, fact.id LIMIT $limit
