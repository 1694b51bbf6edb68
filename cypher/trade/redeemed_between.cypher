// The vouchers that somebody tried to redeem in a period.
// parameters: from, until, limit
// columns: voucher
// starts from: event_type_at
// mode: read
// db hits: 10 a redemption of the page
MATCH (fact:Event)
WHERE fact.type = 'voucher.redeemed' AND $from <= fact.at < $until AND NOT fact.voided
WITH fact ORDER BY fact.type, fact.at LIMIT $limit
RETURN collect({voucher: fact.voucher}) AS rows
