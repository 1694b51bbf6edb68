// Since when members are known, and by which identifiers.
// parameters: rows
// columns: member, since, identifiers
// starts from: member_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (member:Member {id: id})
USING INDEX SEEK member:Member(id)
CALL (member) {
  MATCH (member)<-[:OF]-(identifier)
  RETURN min(identifier.firstSeen) AS since, collect(identifier.id) AS identifiers
}
RETURN collect({member: id, since: since, identifiers: identifiers}) AS rows
