// Lets batches note what they touch from now on.
// parameters: -
// columns: -
// starts from: intake_id
// mode: write
// db hits: 10 in all
MERGE (intake:Intake {id: 1})
SET intake.policyWaits = true
