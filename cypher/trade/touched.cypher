// What facts of members and of trade name besides identifiers and parties.
// parameters: rows
// columns: event, type, at, account, invitee, voucher, order, pet
// starts from: event_id
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
MATCH (fact:Event {id: id})
USING INDEX SEEK fact:Event(id)
RETURN collect({
  event: id, type: fact.type, at: fact.at, account: fact.account, invitee: fact.invitee, voucher: fact.voucher,
  order: fact.order, pet: fact.pet
}) AS rows
