// Sets the identity policy in force.
// parameters: policy
// columns: -
// starts from: intake_id
// mode: write
// db hits: 8 in all
MERGE (intake:Intake {id: 1})
SET intake.policy = $policy
