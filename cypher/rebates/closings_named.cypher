// Which of these events close a month, and when.
// parameters: rows
// columns: event, at, recordedAt, period
// starts from: event_id
// mode: read
// db hits: 10 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
WHERE fact.type = 'period.closed' AND NOT fact.voided
RETURN collect({event: fact.id, at: fact.at, recordedAt: fact.recordedAt, period: fact.period}) AS rows
