// Sets the log's clock.
// parameters: clock
// columns: -
// starts from: intake_id
// mode: write
// db hits: 8 in all
MERGE (intake:Intake {id: 1})
SET intake.clock = $clock
