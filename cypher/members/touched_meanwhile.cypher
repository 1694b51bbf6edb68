// The identifiers that batches touched while members by another policy were built.
// parameters: -
// columns: identifier
// starts from: the label TouchedMembers, because its nodes are there only meanwhile
// mode: read
// db hits: 20000 in all
MATCH (note:TouchedMembers)
UNWIND note.identifiers AS identifier
RETURN DISTINCT identifier
