// Of the next identifiers: whether they are shared or evicted, how many pairs they have, and why pairs of theirs are refused.
// parameters: after, limit
// columns: identifier, type, shared, evicted, pairs, refused
// starts from: identifier_id
// mode: read
// db hits: 120 an identifier of the page
MATCH (identifier:Identifier)
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.id > $after
WITH identifier ORDER BY identifier.id LIMIT $limit
RETURN collect({
  identifier: identifier.id, type: identifier.type, shared: identifier.shared, evicted: identifier.evicted,
  pairs: COUNT { (identifier)-[:PAIRED]-() },
  refused: [(identifier)-[pair:PAIRED]->() WHERE pair.refused IS NOT NULL | coalesce(pair.namespace, pair.refused)]
}) AS rows
