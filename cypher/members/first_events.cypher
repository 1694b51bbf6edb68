// The events that first showed identifiers.
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
    RETURN event.id
  }
}) AS rows
