// The pairs that were refused to identifiers, and why.
// parameters: rows
// columns: a, b, reason, namespace, first, last, count
// starts from: identifier_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
MATCH (identifier)-[pair:PAIRED]-()
WHERE pair.refused IS NOT NULL
WITH DISTINCT pair
RETURN collect({
  a: startNode(pair).id, b: endNode(pair).id, reason: pair.refused, namespace: pair.namespace,
  first: pair.first, last: pair.last, count: pair.count
}) AS rows
