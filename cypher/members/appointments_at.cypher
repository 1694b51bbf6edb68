// The appointments that were ever booked at a store for a time of this period: all that was said of them, in force.
// parameters: store, from, until
// columns: appointment, facts
// starts from: member_fact_store_starts, member_fact_appointment
// mode: read
// db hits: 40 a fact
MATCH (booked:MemberFact)
USING INDEX SEEK booked:MemberFact(store, startsAt)
WHERE booked.store = $store AND $from <= booked.startsAt < $until
WITH DISTINCT booked.appointment AS appointment
CALL (appointment) {
  MATCH (fact:MemberFact {appointment: appointment})
  USING INDEX SEEK fact:MemberFact(appointment)
  WHERE NOT fact.voided
  RETURN collect([fact.at, fact.id, fact.type, fact.account, fact.store, fact.startsAt, fact.service]) AS facts
}
RETURN appointment, facts
