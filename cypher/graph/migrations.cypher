// The migrations that were applied to this graph.
// parameters: -
// columns: number, name, checksum, appliedAt
// starts from: the label Migration, because they are few
// mode: read
// db hits: 10 a migration
MATCH (migration:Migration)
RETURN
  migration.number AS number, migration.name AS name, migration.checksum AS checksum,
  migration.appliedAt AS appliedAt
ORDER BY number
