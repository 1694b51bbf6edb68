// The identifiers of the members that these ids, of members or of their identifiers, stand for.
// parameters: rows
// columns: id, account
// starts from: identifier_id
// mode: read
// db hits: 17 a row
UNWIND $rows AS id
MATCH (anchor:Identifier {id: id})-[:OF]->()<-[:OF]-(other)
USING INDEX SEEK anchor:Identifier(id)
RETURN id, other.id AS account
