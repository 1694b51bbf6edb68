// How many batches were written to the log so far, by whichever process: it tells a writer that it is not alone.
// parameters: -
// columns: batches
// starts from: intake_id
// mode: read
// db hits: 10 in all
MATCH (intake:Intake {id: 1})
RETURN intake.batches AS batches
