// The parties of these kinds in a region and the regions within it, behind an id, in the order of ids.
// parameters: region, kinds, after, limit
// columns: party
// starts from: party_region
// mode: read
// db hits: 600 in all
CALL () {
  MATCH (party:Party)
  USING INDEX party:Party(region)
  WHERE party.region = $region
  RETURN party
  UNION ALL
  MATCH (party:Party)
  USING INDEX party:Party(region)
  WHERE party.region STARTS WITH $region + '/'
  RETURN party
}
WITH party WHERE party.kind IN $kinds AND party.id > $after
WITH party ORDER BY party.id LIMIT $limit
RETURN properties(party) AS party
