// The frozen statements of accounts for a month.
// parameters: rows, period
// columns: payee, block, openingFen, earnedFen, reversedFen, heldChangeFen, adjustedFen
// starts from: statement_payee
// mode: read
// db hits: 12 a row
UNWIND $rows AS payee
MATCH (frozen:Statement {payee: payee, period: $period})
USING INDEX SEEK frozen:Statement(payee, period)
RETURN collect({
  payee: payee, block: frozen.block, openingFen: frozen.openingFen, earnedFen: frozen.earnedFen,
  reversedFen: frozen.reversedFen, heldChangeFen: frozen.heldChangeFen, adjustedFen: frozen.adjustedFen
}) AS rows
