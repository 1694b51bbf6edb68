// The stores around a point that offer these services, nearest first, behind a distance and id; ring by ring, and no
// further ring once there are enough: rows are taken lazily, and those of a ring are in order.
// parameters: lat, lon, rings, services, afterMetres, afterId, limit
// columns: party, metres
// starts from: party_place
// mode: read
// db hits: 1500 in all
WITH point({latitude: $lat, longitude: $lon}) AS here
UNWIND $rings AS ring
CALL (here, ring) {
  MATCH (party:Party)
  USING INDEX party:Party(place)
  WHERE point.distance(party.place, here) <= ring.until
  WITH party, point.distance(party.place, here) AS metres
  WHERE (metres > ring.from OR ring.from = 0) AND party.kind = 'STORE'
    AND (metres > $afterMetres OR (metres = $afterMetres AND party.id > $afterId))
    AND all(service IN $services WHERE service IN party.services)
  RETURN party, metres ORDER BY metres, party.id LIMIT $limit
}
WITH party, metres LIMIT $limit
RETURN properties(party) AS party, metres
