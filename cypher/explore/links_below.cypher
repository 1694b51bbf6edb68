// Whom parties supplied, employed or served between two instants, at most so many.
// parameters: rows, relations, from, until, limit
// columns: relation, parent, child, from, fromEvent, until, untilEvent
// starts from: party_id
// mode: read
// db hits: 100 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
MATCH (party)-[link:SUPPLIES|EMPLOYS|SERVES]->(other)
WHERE type(link) IN $relations AND link.from < $until AND (link.until IS NULL OR link.until > $from)
WITH id, link, other LIMIT $limit
RETURN collect({
  relation: type(link), parent: id, child: other.id, from: link.from, fromEvent: link.fromEvent,
  until: link.until, untilEvent: link.untilEvent
}) AS rows
