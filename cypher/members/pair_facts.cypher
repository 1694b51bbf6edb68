// The events in force that speak of pairs of identifiers, since neither was erased, and what is stored of each pair.
// parameters: rows
// columns: a, b, stored, facts
// starts from: identifier_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS row
MATCH (a:Identifier {id: row.a})
USING INDEX SEEK a:Identifier(id)
CALL (row) {
  MATCH (b:Identifier {id: row.b})
  USING INDEX SEEK b:Identifier(id)
  RETURN b
}
WITH row, a, b, COUNT { (a)<-[:SHOWS]-() } <= COUNT { (b)<-[:SHOWS]-() } AS fewer
WITH row, CASE WHEN fewer THEN a ELSE b END AS few, CASE WHEN fewer THEN b ELSE a END AS many
CALL (few, many) {
  MATCH (few)<-[one:SHOWS]-(event)
  WHERE NOT event.voided AND coalesce(one.unfit, '') <> 'blocked'
  WITH event, one, few, many
  MATCH (event)-[another:SHOWS]->(many)
  WHERE coalesce(another.unfit, '') <> 'blocked' AND (
    CASE WHEN event.type IN ['member.linked', 'member.unlinked', 'member.released']
      THEN one.list <> another.list
      ELSE one.list = another.list
    END
  ) AND (
    event.type IN ['member.unlinked', 'member.released']
    OR (coalesce(event.at > few.erasedAt, true) AND coalesce(event.at > many.erasedAt, true))
  )
  RETURN collect([event.id, event.type, event.at, event.source, one.unfit IS NOT NULL]) AS facts
}
OPTIONAL MATCH (few)-[pair:PAIRED]-(many)
RETURN collect({a: row.a, b: row.b, stored: properties(pair), facts: facts}) AS rows
