// Appends events to the log, each tied to the parties, runs, products and identifiers that it names, and moves the
// log's clock. A party or product that no event has introduced yet is only an id; an identifier's `list` tells apart
// the lists of one event; one that was erased, or only looked for, has its value again.
// parameters: rows, clock
// columns: -
// starts from: intake_id; party_id, run_first, product_sku and identifier_id for what is named
// mode: write
// db hits: 90 a row
MATCH (intake:Intake {id: 1})
SET intake.clock = $clock
WITH intake
UNWIND $rows AS row
CREATE (event:Event:$(row.labels))
SET event = row.properties
WITH event, row
CALL (event, row) {
  UNWIND row.parties AS named
  MERGE (party:Party {id: named[1]})
  CREATE (event)-[:$(named[0])]->(party)
}
CALL (event, row) {
  UNWIND row.runs AS named
  MATCH (run:Run {first: named[1]})
  USING INDEX SEEK run:Run(first)
  CREATE (event)-[:$(named[0])]->(run)
}
CALL (event, row) {
  UNWIND row.products AS sku
  MERGE (product:Product {sku: sku})
  CREATE (event)-[:SELLS]->(product)
}
CALL (event, row) {
  UNWIND row.shown AS one
  MERGE (identifier:Identifier {id: one.identifier})
  ON CREATE SET identifier.type = one.type, identifier.app = one.app, identifier.sealed = one.sealed
  CREATE (event)-[:SHOWS {list: one.list, place: one.place, sent: one.sent, unfit: one.unfit}]->(identifier)
  WITH one, identifier WHERE identifier.sealed IS NULL
  SET identifier.type = one.type, identifier.app = one.app, identifier.sealed = one.sealed
}
