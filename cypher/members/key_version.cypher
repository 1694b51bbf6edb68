// The version of the key that seals identifiers.
// parameters: -
// columns: version
// starts from: intake_id
// mode: read
// db hits: 6 in all
MATCH (intake:Intake {id: 1})
RETURN intake.keyVersion AS version
