// The event that first showed the member of each account, and the device that it names.
// parameters: rows
// columns: account, member, at, event, device
// starts from: identifier_id
// mode: read
// db hits: 150 a row
UNWIND $rows AS id
MATCH (anchor:Identifier {id: id})-[:OF]->(member)
USING INDEX SEEK anchor:Identifier(id)
MATCH (member)<-[:OF]-(identifier)
WITH id, member, min(identifier.firstSeen) AS seen, collect(identifier) AS identifiers
UNWIND identifiers AS identifier
MATCH (identifier)<-[shows:SHOWS]-(event)
WHERE event.at = seen AND NOT event.voided AND coalesce(shows.unfit, '') <> 'blocked'
  AND NOT event.type IN ['member.unlinked', 'member.released']
WITH id, member, seen, event ORDER BY event.id
WITH id, member, seen, collect(event)[0] AS first
RETURN collect({account: id, member: member.id, at: seen, event: first.id, device: first.device}) AS rows
