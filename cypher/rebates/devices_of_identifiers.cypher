// The devices on which these identifiers were first shown, and when.
// parameters: rows
// columns: device, at
// starts from: identifier_id
// mode: read
// db hits: 40 a row
UNWIND $rows AS id
MATCH (identifier:Identifier {id: id})<-[:SHOWS]-(event:OnDevice)
USING INDEX SEEK identifier:Identifier(id)
WHERE event.at = identifier.firstSeen
RETURN collect({device: event.device, at: event.at}) AS rows
