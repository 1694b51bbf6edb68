// Parties near a point. What parties were before this is completed here; from now on `channel/derive.py` does it.
CREATE POINT INDEX party_place IF NOT EXISTS FOR (n:Party) ON (n.place);
MATCH (n:Party) WHERE n.lat IS NOT NULL AND n.lon IS NOT NULL AND n.place IS NULL
CALL (n) { SET n.place = point({latitude: n.lat, longitude: n.lon}) } IN TRANSACTIONS OF 10000 ROWS;

// The touches of a member, oldest first.
CREATE INDEX touch_fact_account IF NOT EXISTS FOR (n:TouchFact) ON (n.account, n.at);

// What was booked and cancelled under an appointment's id, and the appointments of a store by their time.
CREATE INDEX member_fact_appointment IF NOT EXISTS FOR (n:MemberFact) ON (n.appointment);
CREATE INDEX member_fact_store_starts IF NOT EXISTS FOR (n:MemberFact) ON (n.store, n.startsAt);
MATCH (n:MemberFact)-[:AT]->(store:Party) WHERE n.appointment IS NOT NULL AND n.store IS NULL
CALL (n, store) { SET n.store = store.id } IN TRANSACTIONS OF 10000 ROWS;
