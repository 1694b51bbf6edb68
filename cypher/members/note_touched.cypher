// Notes identifiers that a batch touched while members by another policy are built.
// parameters: rows
// columns: -
// starts from: nothing, it only creates
// mode: write
// db hits: 12 a row
CREATE (note:TouchedMembers)
SET note.identifiers = $rows
