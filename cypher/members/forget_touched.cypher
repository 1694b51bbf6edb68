// Forgets what batches touched meanwhile: the other policy has taken over.
// parameters: -
// columns: -
// starts from: the label TouchedMembers, because its nodes are there only meanwhile; intake_id
// mode: write
// db hits: 20000 in all
MATCH (intake:Intake {id: 1})
SET intake.policyWaits = null
WITH intake
OPTIONAL MATCH (note:TouchedMembers)
DELETE note
