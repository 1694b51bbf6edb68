// The events that first showed identifiers, and in which of their lists; the two of an operator's link are one list.
// parameters: rows
// columns: identifier, events
// starts from: identifier_id
// mode: read
// db hits: 150 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
RETURN collect({
  identifier: id,
  events: COLLECT {
    MATCH (identifier)<-[shows:SHOWS]-(event)
    WHERE event.at = identifier.firstSeen AND NOT event.voided AND coalesce(shows.unfit, '') <> 'blocked'
      AND NOT event.type IN ['member.unlinked', 'member.released']
    RETURN [event.id, CASE event.type WHEN 'member.linked' THEN 0 ELSE shows.list END]
  }
}) AS rows
