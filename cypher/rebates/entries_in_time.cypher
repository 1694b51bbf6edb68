// The next entries of all, behind (at, id), with one of these statuses.
// parameters: statuses, at, id, limit
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, reason, reverses, reversedBy, at, decidedAt
// starts from: trigger_at
// mode: read
// db hits: 50 an entry looked at, at most those of the page where every status is asked for
MATCH (trigger:Trigger)
USING INDEX SEEK trigger:Trigger(at)
WHERE trigger.at >= $at
MATCH (trigger)<-[:FOR]-(entry:Entry)
WHERE (trigger.at > $at OR entry.id > $id) AND entry.status IN $statuses
WITH entry, trigger, trigger.at AS happened ORDER BY happened, entry.id LIMIT $limit
RETURN
  entry.id AS id, entry.rule AS rule, entry.version AS version, entry.trigger AS trigger, entry.role AS role,
  entry.payee AS payee, entry.revision AS revision, entry.status AS status, entry.amountFen AS amountFen,
  entry.points AS points, entry.reason AS reason, entry.reverses AS reverses,
  [(entry)<-[:REVERSES]-(reversal) | reversal.id][0] AS reversedBy,
  entry.at AS at, trigger.recordedAt AS decidedAt
ORDER BY at, id
