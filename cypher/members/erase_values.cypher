// Forgets the values of identifiers that no event holds any more, but where they stood by text among those that go.
// parameters: rows
// columns: -
// starts from: identifier_id
// mode: write
// db hits: 60 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.identifier})
USING INDEX SEEK identifier:Identifier(id)
WHERE identifier.sealed IS NOT NULL AND identifier.erasedAt IS NOT NULL
  AND NOT EXISTS { (identifier)<-[shows:SHOWS]-() WHERE shows.erased IS NULL }
SET identifier.sealed = null, identifier.place = row.place
