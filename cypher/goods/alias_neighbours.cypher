// The runs that alias facts in force, or the graph as derived so far, tie to these.
// parameters: rows
// columns: run, other, event
// starts from: run_first
// mode: read
// db hits: 60 a row
UNWIND $rows AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
CALL (run) {
  MATCH (run)<-[:EQUATES]-(fact)-[:EQUATES]->(other)
  WHERE NOT fact.voided
  RETURN other, fact.id AS event
  UNION ALL
  MATCH (run)-[:SAME_ITEM_AS]-(other)
  RETURN other, null AS event
}
RETURN first AS run, other.first AS other, event
