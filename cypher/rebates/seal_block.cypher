// Adds a block to the chain of the journal.
// parameters: number, at, previous, seals, hash
// columns: -
// starts from: intake_id
// mode: write
// db hits: 40 in all
MATCH (intake:Intake {id: 1})
SET intake.block = $number, intake.blockHash = $hash
CREATE (:Block {number: $number, at: $at, previous: $previous, seals: $seals, hash: $hash})
