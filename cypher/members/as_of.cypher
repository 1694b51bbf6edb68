// What events in force up to a time showed of identifiers, with whom, and which leavings erase each of them.
// parameters: rows, until
// columns: identifier, type, app, sealed, place, erased, seen, others, facts
// starts from: identifier_id
// mode: read
// db hits: 600 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  MATCH (identifier)<-[shows:SHOWS]-(event)
  WHERE event.at <= $until AND NOT event.voided AND coalesce(shows.unfit, '') <> 'blocked'
    AND NOT event.type IN ['member.unlinked', 'member.released']
  RETURN collect(DISTINCT event.at) AS seen
}
CALL (identifier) {
  MATCH (identifier)<-[one:SHOWS]-(event)
  WHERE event.at <= $until AND NOT event.voided AND coalesce(one.unfit, '') <> 'blocked'
  MATCH (event)-[another:SHOWS]->(other)
  WHERE coalesce(another.unfit, '') <> 'blocked' AND other <> identifier AND (
    CASE WHEN event.type IN ['member.linked', 'member.unlinked', 'member.released']
      THEN one.list <> another.list
      ELSE one.list = another.list
    END
  )
  WITH other, collect([event.id, event.type, event.at, event.source, one.unfit IS NOT NULL]) AS facts
  RETURN
    collect([other.id, facts]) AS facts,
    collect([other.id, other.type, [(other)<-[:ERASES]-(left) | [left.at, left.id]]]) AS others
}
RETURN collect({
  identifier: id, type: identifier.type, app: identifier.app, sealed: identifier.sealed, place: identifier.place,
  erased: [(identifier)<-[:ERASES]-(left) | [left.at, left.id]],
  seen: seen, others: others, facts: facts
}) AS rows
