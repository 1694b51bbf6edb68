// The identifiers of the members that these ids, of members or of their identifiers, stand for.
// parameters: rows
// columns: id, account
// starts from: identifier_id
// mode: read
// db hits: 17 a row
UNWIND $rows AS id
MATCH (:Identifier {id: id})-[:OF]->()<-[:OF]-(other)
RETURN id, other.id AS account
