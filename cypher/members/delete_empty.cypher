// Deletes members that no identifier belongs to any more.
// parameters: rows
// columns: -
// starts from: member_id
// mode: write
// db hits: 10 a row
UNWIND $rows AS id
MATCH (member:Member {id: id})
USING INDEX SEEK member:Member(id)
WHERE NOT EXISTS { (member)<-[:OF]-() }
DELETE member
