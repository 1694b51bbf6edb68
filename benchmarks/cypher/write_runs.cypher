UNWIND $rows AS row
CREATE (run:Run)
SET run = row
