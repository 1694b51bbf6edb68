// What stores sold to accounts at the till, and where scans and orders of accounts that name a place were.
// parameters: rows
// columns: account, at, event, lat, lon, store
// starts from: event_account
// mode: read
// db hits: 300 a row
UNWIND $rows AS account
MATCH (fact:Event {account: account})
USING INDEX SEEK fact:Event(account)
WHERE NOT fact.voided AND (fact.type = 'goods.sold' OR fact.lat IS NOT NULL)
RETURN collect({
  account: account, at: fact.at, event: fact.id, lat: fact.lat, lon: fact.lon,
  store: CASE WHEN fact.type = 'goods.sold' THEN [(fact)-[:FROM]->(store) | store.id][0] END
}) AS rows
