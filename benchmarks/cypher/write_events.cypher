UNWIND $rows AS row
CREATE (event:Event:$(row.labels))
SET event = row.properties
