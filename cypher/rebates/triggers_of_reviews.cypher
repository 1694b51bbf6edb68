// The events whose decisions these reviews are about.
// parameters: rows
// columns: trigger
// starts from: event_id, decision_id
// mode: read
// db hits: 25 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
CALL (fact) {
  MATCH (decision:Decision {id: fact.rebate})
  USING INDEX SEEK decision:Decision(id)
  RETURN decision.trigger AS trigger
}
RETURN collect({trigger: trigger}) AS rows
