// What stands for these triggers: the decisions in force, the entries booked, and the parties that decisions rest on.
// parameters: rows
// columns: trigger, decisions, entries, restsOn
// starts from: event_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})
USING INDEX SEEK trigger:Event(id)
RETURN collect({
  trigger: id, decisions: [(trigger)<-[:FOR]-(decision) | properties(decision)],
  entries: [(trigger)<-[:BOOKED_FOR]-(entry) | properties(entry)],
  restsOn: [(trigger)-[rests:OWNED_BY|CAME_THROUGH|SCANNED_AT|RESTS_ON]->(party) | [type(rests), party.id]]
}) AS rows
