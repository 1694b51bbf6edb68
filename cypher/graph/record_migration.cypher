// Records that a migration was applied; one that was applied again keeps its first time.
// parameters: number, title, checksum, appliedAt
// columns: -
// starts from: migration_number
// mode: write
// db hits: 20 in all
MERGE (migration:Migration {number: $number})
ON CREATE SET migration.name = $title, migration.checksum = $checksum, migration.appliedAt = $appliedAt
