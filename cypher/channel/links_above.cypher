// The links in force between registered parties and those above them, behind a link, in the order in which they began.
// parameters: rows, relations, at, afterFrom, afterEvent, limit
// columns: party, relation, other, from, fromEvent, until
// starts from: party_id
// mode: read
// db hits: 100 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
WHERE party.kind IS NOT NULL
CALL (party) {
  MATCH (party)<-[link:SUPPLIES|EMPLOYS|SERVES]-(other:Party)
  WHERE type(link) IN $relations
    AND link.from <= $at AND ($at < link.until OR link.until IS NULL)
    AND (link.from > $afterFrom OR (link.from = $afterFrom AND link.fromEvent > $afterEvent))
    AND other.kind IS NOT NULL
  RETURN link, other
  ORDER BY link.from, link.fromEvent LIMIT $limit
}
RETURN
  properties(party) AS party, type(link) AS relation, properties(other) AS other,
  link.from AS from, link.fromEvent AS fromEvent, link.until AS until
ORDER BY from, fromEvent
