// The log's clock: the latest instant that an event in force was recorded at or advanced the clock to.
// parameters: -
// columns: clock
// starts from: event_recorded, clock_through
// mode: read
// db hits: 20 in all
CALL () {
  MATCH (event:Event) WHERE event.recordedAt IS NOT NULL AND NOT event.voided
  RETURN event.recordedAt AS instant ORDER BY event.recordedAt DESC LIMIT 1
  UNION
  MATCH (fact:ClockFact) WHERE fact.through IS NOT NULL AND NOT fact.voided
  RETURN fact.through AS instant ORDER BY fact.through DESC LIMIT 1
}
RETURN max(instant) AS clock
