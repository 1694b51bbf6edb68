// The events whose decisions these reviews are about.
// parameters: rows
// columns: trigger
// starts from: event_id, decision_rebate, entry_id
// mode: read
// db hits: 25 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
CALL (fact) {
  MATCH (decision:Decision {rebate: fact.rebate})
  USING INDEX SEEK decision:Decision(rebate)
  RETURN decision.trigger AS trigger
  UNION
  MATCH (entry:Entry)
  USING INDEX SEEK entry:Entry(id)
  WHERE entry.id STARTS WITH fact.rebate + '.'
  RETURN entry.trigger AS trigger
}
RETURN collect({trigger: trigger}) AS rows
