UNWIND $rows AS row
MATCH (run:Run {first: row.run})
USING INDEX SEEK run:Run(first)
MATCH (container:Run {first: row.container})
USING INDEX SEEK container:Run(first)
CREATE (run)-[stay:INSIDE]->(container)
SET stay = row.properties
