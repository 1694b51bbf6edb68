// Stamps the channel anew, so that whoever keeps what it read of parties and products reads it again.
// parameters: -
// columns: -
// starts from: intake_id
// mode: write
// db hits: 10 in all
MATCH (intake:Intake {id: 1})
SET intake.channel = randomUUID()
