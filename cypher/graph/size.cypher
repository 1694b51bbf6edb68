// How many nodes there are besides those that migrating makes.
// parameters: -
// columns: nodes
// starts from: the count store
// mode: read
// db hits: 5 in all
CALL () { MATCH (node) RETURN count(node) AS total }
CALL () { MATCH (lock:MigrationLock) RETURN count(lock) AS locks }
CALL () { MATCH (migration:Migration) RETURN count(migration) AS migrations }
RETURN total - locks - migrations AS nodes
