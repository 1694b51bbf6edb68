// Notes what a batch touched while members by another policy are built: its events, identifiers of other members since, and
// those that leavings erase otherwise since.
// parameters: rows, identifiers, erased
// columns: -
// starts from: nothing, it only creates
// mode: write
// db hits: 12 a row
CREATE (note:TouchedMembers)
SET note.events = $rows, note.identifiers = $identifiers, note.erased = $erased
