// What batches touched while members by another policy were built.
// parameters: -
// columns: events, identifiers, erased
// starts from: the label TouchedMembers, because its nodes are there only meanwhile
// mode: read
// db hits: 20000 in all
MATCH (note:TouchedMembers)
RETURN note.events AS events, note.identifiers AS identifiers, note.erased AS erased
