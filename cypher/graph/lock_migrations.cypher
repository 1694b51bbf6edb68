// Lets one command migrate at a time: whoever sets the node's lock waits for the one before.
// parameters: -
// columns: -
// starts from: migration_lock_id
// mode: write
// db hits: 10 in all
MERGE (lock:MigrationLock {id: 1})
SET lock.taken = coalesce(lock.taken, 0) + 1
