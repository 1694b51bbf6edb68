// How many nodes there are besides those that migrating makes.
// parameters: -
// columns: nodes
// starts from: the count store
// mode: read
// db hits: 10 in all
CALL () {
  MATCH (node) RETURN count(node) AS counted
  UNION ALL
  MATCH (lock:MigrationLock) RETURN -count(lock) AS counted
  UNION ALL
  MATCH (migration:Migration) RETURN -count(migration) AS counted
}
RETURN sum(counted) AS nodes
