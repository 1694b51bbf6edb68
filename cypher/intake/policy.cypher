// The identity policy in force, as derived; none is the built-in one.
// parameters: -
// columns: policy
// starts from: intake_id
// mode: read
// db hits: 6 in all
MATCH (intake:Intake {id: 1})
RETURN intake.policy AS policy
