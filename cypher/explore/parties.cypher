// What parties are now; nothing of them that a person may have written a telephone number into but their name.
// parameters: rows
// columns: party, kind, name, region, storeType, lat, lon
// starts from: party_id
// mode: read
// db hits: 15 a row
UNWIND $rows AS id
MATCH (party:Party {id: id})
USING INDEX SEEK party:Party(id)
RETURN collect({
  party: id, kind: party.kind, name: party.name, region: party.region, storeType: party.storeType,
  lat: party.lat, lon: party.lon
}) AS rows
