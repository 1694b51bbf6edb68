// Lets one writer at a time in: whoever sets the node's lock waits for the one before, and sees all that it wrote. Tells
// how the log and the journal stand, with the settlements in force, whether the log has any business of members, and which
// of these event ids it knows: those it has with the hash of the content that came first, without one those that a void
// names.
// parameters: rows
// columns: batches, business, clock, policy, keyVersion, policyWaits, rules, channel, block, hash, closings, known
// starts from: intake_id; event_id and void_voids for the ids; the label PeriodFact, because closed months are few
// mode: write
// db hits: 20 a row
MERGE (intake:Intake {id: 1})
SET intake.batches = coalesce(intake.batches, 0) + 1
WITH intake
CALL (intake) {
  UNWIND $rows AS id
  OPTIONAL MATCH (event:Event {id: id})
  USING INDEX SEEK event:Event(id)
  WITH id, event
  WHERE event IS NOT NULL OR EXISTS { MATCH (void:Void {voids: id}) USING INDEX SEEK void:Void(voids) }
  RETURN collect([id, event.hash]) AS known
}
RETURN
  intake.batches AS batches,
  COUNT { MATCH (:MemberFact) } + COUNT { MATCH (:VoucherFact) } + COUNT { MATCH (:OrderFact) } > 0 AS business,
  intake.clock AS clock, intake.policy AS policy, intake.keyVersion AS keyVersion, intake.policyWaits AS policyWaits,
  intake.rules AS rules, intake.channel AS channel, coalesce(intake.block, 0) AS block,
  coalesce(intake.blockHash, '') AS hash,
  COLLECT {
    MATCH (fact:PeriodFact)
    WHERE fact.block IS NOT NULL AND NOT fact.voided
    RETURN {event: fact.id, period: fact.period, block: fact.block}
  } AS closings,
  known
