// The latest frozen totals of accounts up to a month.
// parameters: rows, period
// columns: payee, period, block, grossFen, heldFen
// starts from: statement_payee
// mode: read
// db hits: 12 a row
UNWIND $rows AS payee
CALL (payee) {
  MATCH (frozen:Statement)
  USING INDEX SEEK frozen:Statement(payee, period)
  WHERE frozen.payee = payee AND frozen.period <= $period
  RETURN frozen ORDER BY frozen.payee DESC, frozen.period DESC LIMIT 1
}
RETURN collect({
  payee: payee, period: frozen.period, block: frozen.block, grossFen: frozen.grossFen, heldFen: frozen.heldFen
}) AS rows
