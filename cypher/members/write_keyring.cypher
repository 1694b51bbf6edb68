// Keeps the keys of this graph, and lets those write who hold them.
// parameters: wrapped, version
// columns: -
// starts from: keyring_id, intake_id
// mode: write
// db hits: 30 in all
MERGE (ring:Keyring {id: 1})
SET ring.wrapped = $wrapped
WITH ring
MERGE (intake:Intake {id: 1})
SET intake.keyVersion = $version
