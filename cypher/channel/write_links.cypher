// Replaces the links to parties from those above them.
// parameters: rows
// columns: -
// starts from: party_id
// mode: write
// db hits: 100 a row
UNWIND $rows AS row
MATCH (child:Party {id: row.child})
USING INDEX SEEK child:Party(id)
CALL (child) {
  MATCH (child)<-[old:SUPPLIES|EMPLOYS|SERVES]-()
  DELETE old
}
UNWIND row.links AS link
MATCH (parent:Party {id: link.parent})
USING INDEX SEEK parent:Party(id)
CREATE (parent)-[made:$(link.relation)]->(child)
SET made = link.dates
