// The parties that the decisions on these scans rest on, as derived so far.
// parameters: rows
// columns: event, relation, party
// starts from: event_id
// mode: read
// db hits: 30 a row
UNWIND $rows AS id
MATCH (:Event {id: id})-[rests:OWNED_BY|CAME_THROUGH]->(party)
RETURN id AS event, type(rests) AS relation, party.id AS party
