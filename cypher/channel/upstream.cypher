// The links in force by which parties are supplied and employed, and those above them in turn, nearest first.
// parameters: rows, at, limit
// columns: party, relation, parent, child, from, fromEvent, until
// starts from: party_id
// mode: read
// db hits: 500 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
CALL (party) {
  MATCH path = (party)<-[steps:SUPPLIES|EMPLOYS*0..]-(child:Party)
  WHERE all(step IN steps WHERE step.from <= $at AND coalesce(step.until, 9223372036854775807) > $at)
  WITH child, min(length(path)) AS depth
  MATCH (child)<-[link:SUPPLIES|EMPLOYS]-(parent:Party)
  WHERE link.from <= $at AND ($at < link.until OR link.until IS NULL)
    AND child.kind IS NOT NULL AND parent.kind IS NOT NULL
  RETURN depth, parent, child, link
  ORDER BY depth, parent.id, child.id, type(link) LIMIT $limit
}
RETURN
  id AS party, type(link) AS relation, properties(parent) AS parent, properties(child) AS child,
  link.from AS from, link.fromEvent AS fromEvent, link.until AS until
ORDER BY depth, parent.id, child.id, relation
