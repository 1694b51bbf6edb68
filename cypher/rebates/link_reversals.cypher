// Ties reversals to the entries that they reverse.
// parameters: rows
// columns: -
// starts from: entry_id
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (reversal:Entry {id: row.id})
USING INDEX SEEK reversal:Entry(id)
CALL (reversal, row) {
  MATCH (original:Entry {id: row.reverses})
  USING INDEX SEEK original:Entry(id)
  CREATE (reversal)-[:REVERSES]->(original)
}
