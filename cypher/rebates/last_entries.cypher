// The entries that were booked for these triggers.
// parameters: rows
// columns: id, rule, version, trigger, role, payee, revision, status, amountFen, points, at
// starts from: event_id
// mode: read
// db hits: 100 a row
UNWIND $rows AS id
MATCH (:Event {id: id})<-[:BOOKED_FOR]-(entry)
RETURN
  entry.id AS id, entry.rule AS rule, entry.version AS version, entry.trigger AS trigger, entry.role AS role,
  entry.payee AS payee, entry.revision AS revision, entry.status AS status, entry.amountFen AS amountFen,
  entry.points AS points, entry.at AS at
