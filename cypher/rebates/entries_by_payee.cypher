// The next entries of these accounts, behind (at, id), with one of these statuses.
// parameters: rows, statuses, at, id, limit
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, reason, reverses, reversedBy, at, decidedAt
// starts from: entry_payee
// mode: read
// db hits: 30 an entry looked at, for each account at most those of the page where every status is asked for
UNWIND $rows AS payee
CALL (payee) {
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(payee, at)
  WHERE entry.payee = payee AND entry.at >= $at AND entry.id IS NOT NULL
    AND (entry.at > $at OR entry.id > $id) AND entry.status IN $statuses
  RETURN entry ORDER BY entry.payee, entry.at, entry.id LIMIT $limit
}
WITH entry ORDER BY entry.at, entry.id LIMIT $limit
MATCH (entry)-[:FOR]->(trigger)
RETURN
  entry.id AS id, entry.rule AS rule, entry.version AS version, entry.trigger AS trigger, entry.role AS role,
  entry.payee AS payee, entry.revision AS revision, entry.status AS status, entry.amountFen AS amountFen,
  entry.points AS points, entry.reason AS reason, entry.reverses AS reverses,
  [(entry)<-[:REVERSES]-(reversal) | reversal.id][0] AS reversedBy,
  entry.at AS at, trigger.recordedAt AS decidedAt
ORDER BY at, id
