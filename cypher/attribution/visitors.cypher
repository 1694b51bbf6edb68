// The accounts of whoever may have been at stores in a period: served, registered, sold to, or touched there.
// parameters: rows, from, until
// columns: store, account
// starts from: party_id, voucher_fact_voucher, member_fact_pet, member_fact_promo_code
// mode: read
// db hits: 4000 a row
UNWIND $rows AS id
MATCH (store:Party {id: id})
USING INDEX SEEK store:Party(id)
CALL (store) {
  MATCH (store)<-[:AT|FROM]-(fact)
  WHERE $from <= fact.at < $until AND NOT fact.voided AND fact.account IS NOT NULL
    AND fact.type IN ['member.registered', 'touch.recorded', 'order.placed', 'goods.sold']
  RETURN fact.account AS account
  UNION
  MATCH (store)<-[:AT]-(fact:Redemption)
  WHERE $from <= fact.at < $until AND NOT fact.voided
  MATCH (issue:VoucherFact {voucher: fact.voucher})
  USING INDEX SEEK issue:VoucherFact(voucher)
  WHERE issue.account IS NOT NULL
  RETURN issue.account AS account
  UNION
  MATCH (store)<-[:AT]-(fact:CareFact)
  WHERE $from <= fact.at < $until AND NOT fact.voided
  MATCH (owned:MemberFact {pet: fact.pet})
  USING INDEX SEEK owned:MemberFact(pet)
  WHERE owned.account IS NOT NULL
  RETURN owned.account AS account
  UNION
  MATCH (store)-[:EMPLOYS]->()<-[:SERVED_BY]-(fact:MemberFact)
  WHERE $from <= fact.at < $until AND NOT fact.voided AND fact.account IS NOT NULL
  RETURN fact.account AS account
  UNION
  MATCH (store)-[:EMPLOYS*0..1]->()<-[:REGISTERS]-(papers:PartyFact)
  WHERE papers.promoCode IS NOT NULL
  MATCH (fact:MemberFact {promoCode: papers.promoCode})
  USING INDEX SEEK fact:MemberFact(promoCode)
  WHERE $from <= fact.at < $until AND NOT fact.voided AND fact.account IS NOT NULL
  RETURN fact.account AS account
}
RETURN collect({store: id, account: account}) AS rows
