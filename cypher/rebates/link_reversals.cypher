// Ties reversals to the entries that they reverse: the revision before them of the same account.
// parameters: rows
// columns: -
// starts from: entry_once
// mode: write
// db hits: 30 a row
UNWIND $rows AS row
MATCH (reversal:Entry {
  rule: row.rule, trigger: row.trigger, role: row.role, payee: row.payee, revision: row.revision
})
CALL (reversal, row) {
  MATCH (original:Entry {
    rule: row.rule, trigger: row.trigger, role: row.role, payee: row.payee, revision: row.revision - 1
  })
  CREATE (reversal)-[:REVERSES]->(original)
}
