// Lets one writer at a time in: whoever sets the node's lock waits for the one before, and sees all that it wrote.
// parameters: -
// columns: clock, policy, keyVersion, policyWaits
// starts from: intake_id
// mode: write
// db hits: 12 in all
MERGE (intake:Intake {id: 1})
SET intake.batches = coalesce(intake.batches, 0) + 1
RETURN intake.clock AS clock, intake.policy AS policy, intake.keyVersion AS keyVersion, intake.policyWaits AS policyWaits
