// The events in force that speak of each identifier and of another with a larger id, and what is stored of such pairs.
// parameters: rows
// columns: identifier, facts, stored
// starts from: identifier_id
// mode: read
// db hits: 400 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  MATCH (identifier)<-[one:SHOWS]-(event)
  WHERE NOT event.voided AND coalesce(one.unfit, '') <> 'blocked'
  WITH identifier, event, one
  MATCH (event)-[another:SHOWS]->(other)
  WHERE coalesce(another.unfit, '') <> 'blocked' AND other.id > identifier.id AND (
    CASE WHEN event.type IN ['member.linked', 'member.unlinked', 'member.released']
      THEN one.list <> another.list
      ELSE one.list = another.list
    END
  ) AND (
    event.type IN ['member.unlinked', 'member.released']
    OR (coalesce(event.at > identifier.erasedAt, true) AND coalesce(event.at > other.erasedAt, true))
  )
  RETURN collect([other.id, event.id, event.type, event.at, event.source, one.unfit IS NOT NULL]) AS facts
}
RETURN collect({
  identifier: id, facts: facts,
  stored: [(identifier)-[pair:PAIRED]->(other) | [other.id, properties(pair)]]
}) AS rows
