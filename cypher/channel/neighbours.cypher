// Whom links in force join parties to, either way.
// parameters: rows, at
// columns: party, relation, upwards, other, from, fromEvent, until
// starts from: party_id
// mode: read
// db hits: 50 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})-[link:SUPPLIES|EMPLOYS|SERVES]-(other:Party)
USING INDEX SEEK party:Party(id)
WHERE link.from <= $at AND ($at < link.until OR link.until IS NULL)
RETURN
  id AS party, type(link) AS relation, startNode(link) = other AS upwards, other.id AS other,
  link.from AS from, link.fromEvent AS fromEvent, link.until AS until
