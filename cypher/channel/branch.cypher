// Everyone of some kinds below a party by links in force, behind a depth and id, nearest first, then by id.
// parameters: party, at, kinds, former, maxDepth, afterDepth, afterId, limit
// columns: depth, party
// starts from: party_id
// mode: read
// db hits: 30 a party below
MATCH (top:Party {id: $party})
USING INDEX SEEK top:Party(id)
MATCH path = (top)-[steps:SUPPLIES|EMPLOYS|SERVES*1..50]->(below)
WHERE all(step IN steps WHERE step.from <= $at AND coalesce(step.until, 9223372036854775807) > $at)
WITH top, below, min(length(path)) AS depth
WHERE depth <= $maxDepth AND below <> top
  AND coalesce($former[below.id], below.kind) IN $kinds
  AND (depth > $afterDepth OR (depth = $afterDepth AND below.id > $afterId))
WITH depth, below ORDER BY depth, below.id LIMIT $limit
RETURN depth, properties(below) AS party
