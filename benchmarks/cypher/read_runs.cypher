// Runs, their stays, and the pieces that their containers hold; of a scan these are what it split.
UNWIND $rows AS first
MATCH (run:Run {first: first})
USING INDEX SEEK run:Run(first)
RETURN
  properties(run) AS properties,
  [(run)-[stay:INSIDE]->(container) | [container.first, properties(stay)]] AS stays,
  [(run)<-[named:NAMES|PACKS]-(event) | [type(named), event.id]] AS named,
  CASE WHEN $pieces THEN [(run)-[:INSIDE]->()<-[:INSIDE]-(piece) | piece.first] ELSE [] END AS pieces
