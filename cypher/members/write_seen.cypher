// Writes when identifiers were first and last seen, counted anew; never, where no event shows them. They have moved.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
SET identifier.firstSeen = row.first, identifier.lastSeen = row.last
