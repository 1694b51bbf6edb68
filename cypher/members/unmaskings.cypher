// The next unmaskings, the latest first.
// parameters: at, id, limit
// columns: id, at, role, subject, reason, identifiers
// starts from: unmasking_at
// mode: read
// db hits: 20 an unmasking of the page
MATCH (unmasking:Unmasking)
USING INDEX SEEK unmasking:Unmasking(at, id)
WHERE unmasking.at <= $at AND unmasking.id IS NOT NULL AND (unmasking.at < $at OR unmasking.id < $id)
WITH unmasking ORDER BY unmasking.at DESC, unmasking.id DESC LIMIT $limit
RETURN collect({
  id: unmasking.id, at: unmasking.at, role: unmasking.role, subject: unmasking.subject, reason: unmasking.reason,
  identifiers: [(unmasking)-[:SHOWED]->(identifier) | identifier.id]
}) AS rows
