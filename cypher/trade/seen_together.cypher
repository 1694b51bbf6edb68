// The identifiers of some types, such as devices, that accounts were seen with.
// parameters: rows, types
// columns: account, other
// starts from: identifier_id
// mode: read
// db hits: 60 a row
UNWIND $rows AS id
MATCH (account:Identifier {id: id})
USING INDEX SEEK account:Identifier(id)
MATCH (account)-[pair:PAIRED]-(other)
WHERE other.type IN $types AND (pair.count IS NOT NULL OR pair.spoiled IS NOT NULL)
RETURN collect({account: id, other: other.id}) AS rows
