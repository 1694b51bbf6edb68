// The next payments, by id.
// parameters: after, limit
// columns: payment
// starts from: payment_id
// mode: read
// db hits: 25 a payment of the page
MATCH (payment:Payment)
USING INDEX SEEK payment:Payment(id)
WHERE payment.id > $after
WITH payment ORDER BY payment.id LIMIT $limit
RETURN collect({payment: properties(payment)}) AS rows
