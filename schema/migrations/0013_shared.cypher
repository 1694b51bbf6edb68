// A decision and its entry may share a node (`rebates/nodes.py`), so their ids and statuses have names of their own, and
// both hang on their event by the same relation. What is there stays apart.
DROP CONSTRAINT decision_id IF EXISTS;
DROP INDEX decision_status IF EXISTS;
MATCH (n:Decision) WHERE n.state IS NULL
CALL (n) { SET n.rebate = n.id, n.state = n.status REMOVE n.id, n.status } IN TRANSACTIONS OF 10000 ROWS;
MATCH (entry:Entry)-[booked:BOOKED_FOR]->(trigger)
CALL (entry, booked, trigger) { CREATE (entry)-[:FOR]->(trigger) DELETE booked } IN TRANSACTIONS OF 10000 ROWS;
CREATE CONSTRAINT decision_rebate IF NOT EXISTS FOR (n:Decision) REQUIRE n.rebate IS UNIQUE;
CREATE INDEX decision_state IF NOT EXISTS FOR (n:Decision) ON (n.state, n.at);
