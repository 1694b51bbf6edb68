// The entries that were booked for these events.
// parameters: rows
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, reason, reverses, reversedBy, at, decidedAt
// starts from: event_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})<-[:FOR]-(entry:Entry)
USING INDEX SEEK trigger:Event(id)
RETURN
  entry.id AS id, entry.rule AS rule, entry.version AS version, entry.trigger AS trigger, entry.role AS role,
  entry.payee AS payee, entry.revision AS revision, entry.status AS status, entry.amountFen AS amountFen,
  entry.points AS points, entry.reason AS reason, entry.reverses AS reverses,
  [(entry)<-[:REVERSES]-(reversal) | reversal.id][0] AS reversedBy,
  entry.at AS at, trigger.recordedAt AS decidedAt
