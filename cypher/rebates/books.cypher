// Where the journal stands: its last block, and the settlements in force.
// parameters: -
// columns: block, hash, closings
// starts from: intake_id; the label PeriodFact, because closed months are few
// mode: read
// db hits: 200 in all
MATCH (intake:Intake {id: 1})
RETURN
  coalesce(intake.block, 0) AS block, coalesce(intake.blockHash, '') AS hash,
  COLLECT {
    MATCH (fact:PeriodFact)
    WHERE fact.block IS NOT NULL AND NOT fact.voided
    RETURN {event: fact.id, period: fact.period, block: fact.block}
  } AS closings
