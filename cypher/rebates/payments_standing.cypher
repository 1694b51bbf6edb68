// What these payments say, and what is booked of them.
// parameters: rows
// columns: event, voided, period, paidFen, booked, revisions
// starts from: event_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
WHERE fact:PaymentFact
OPTIONAL MATCH (fact)<-[:PAID_BY]-(payment)
RETURN
  id AS event, fact.voided AS voided, fact.period AS period, fact.paidFen AS paidFen,
  sum(payment.fen) AS booked, count(payment) AS revisions
