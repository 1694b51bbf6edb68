// Notes when identifiers were seen, besides what is known.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 20 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
SET
  identifier.firstSeen = CASE WHEN identifier.firstSeen <= row.first THEN identifier.firstSeen ELSE row.first END,
  identifier.lastSeen = CASE WHEN identifier.lastSeen >= row.last THEN identifier.lastSeen ELSE row.last END
