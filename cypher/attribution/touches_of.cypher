// The touches of accounts, in force.
// parameters: rows
// columns: account, at, event, kind, channel, campaign, store, by
// starts from: touch_fact_account
// mode: read
// db hits: 200 a row
UNWIND $rows AS account
MATCH (touch:TouchFact)
USING INDEX SEEK touch:TouchFact(account, at)
WHERE touch.account = account AND touch.at IS NOT NULL AND NOT touch.voided
RETURN collect({
  account: account, at: touch.at, event: touch.id, kind: touch.kind, channel: touch.channel,
  campaign: touch.campaign, store: [(touch)-[:AT]->(store) | store.id][0], by: touch.by
}) AS rows
