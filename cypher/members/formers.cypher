// Those who left, by the names of their leavings: when each was first seen as a member, by which events and in which of
// their lists; the two of an operator's link are one list.
// parameters: rows
// columns: account, since, shown
// starts from: member_fact_pseudonym, identifier_id
// mode: read
// db hits: 200 a row
UNWIND $rows AS pseudonym
MATCH (left:MemberFact {pseudonym: pseudonym})
USING INDEX SEEK left:MemberFact(pseudonym)
WHERE left.knownSince IS NOT NULL
CALL (left) {
  UNWIND left.knownBy AS id
  MATCH (identifier:Identifier {id: id})
  USING INDEX SEEK identifier:Identifier(id)
  MATCH (identifier)<-[shows:SHOWS]-(event)
  WHERE event.at = left.knownSince AND NOT event.voided AND coalesce(shows.unfit, '') <> 'blocked'
    AND NOT event.type IN ['member.unlinked', 'member.released']
  RETURN collect(DISTINCT [event.id, CASE event.type WHEN 'member.linked' THEN 0 ELSE shows.list END]) AS shown
}
RETURN collect({account: pseudonym, since: left.knownSince, shown: shown}) AS rows
