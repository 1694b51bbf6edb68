// Writes the values of identifiers, sealed anew.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 10 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
SET identifier.sealed = row.sealed
