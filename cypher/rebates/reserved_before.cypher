// What a rule had let through since an instant, before an event: for one payee, or altogether.
// parameters: rows
// columns: key, cappedFen, reservedFen
// starts from: decision_limited, decision_limited_group
// mode: read
// db hits: 15 a decision
UNWIND $rows AS row
CALL (row) {
  WITH row WHERE row.group IS NOT NULL
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(limited, group, at)
  WHERE decision.limited = row.rule AND decision.group = row.group AND row.from <= decision.at <= row.at
  RETURN decision
  UNION ALL
  WITH row WHERE row.group IS NULL
  MATCH (decision:Decision)
  USING INDEX SEEK decision:Decision(limited, at)
  WHERE decision.limited = row.rule AND row.from <= decision.at <= row.at
  RETURN decision
}
WITH row, decision
WHERE (decision.at < row.at OR decision.trigger < row.trigger OR (decision.trigger = row.trigger AND coalesce(decision.rank, 0) < row.rank))
  AND (row.role IS NULL OR decision.role = row.role)
WITH row.key AS key, decision, coalesce(decision.reservedFen, decision.amountFen) AS reservedFen
RETURN key, sum(coalesce(decision.cappedFen, reservedFen)) AS cappedFen, sum(reservedFen) AS reservedFen
