// When identifiers were first and last seen, by events in force that nobody blocks or erases; and what is stored.
// parameters: rows
// columns: identifier, first, last, storedFirst, storedLast
// starts from: identifier_id
// mode: read
// db hits: 150 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})
USING INDEX SEEK identifier:Identifier(id)
CALL (identifier) {
  MATCH (identifier)<-[shows:SHOWS]-(event)
  WHERE NOT event.voided AND coalesce(shows.unfit, '') <> 'blocked'
    AND NOT event.type IN ['member.unlinked', 'member.released']
    AND (identifier.erasedAt IS NULL OR event.at > identifier.erasedAt)
  RETURN min(event.at) AS first, max(event.at) AS last
}
RETURN collect({
  identifier: id, first: first, last: last, storedFirst: identifier.firstSeen, storedLast: identifier.lastSeen
}) AS rows
