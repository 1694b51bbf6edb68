// What stands for these triggers: the nodes of decisions in force and of entries, and the parties that decisions rest on.
// parameters: rows
// columns: trigger, nodes, restsOn
// starts from: event_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS id
MATCH (trigger:Event {id: id})
USING INDEX SEEK trigger:Event(id)
RETURN collect({
  trigger: id, nodes: [(trigger)<-[:FOR]-(node) | properties(node)],
  restsOn: [(trigger)-[rests:OWNED_BY|CAME_THROUGH|SCANNED_AT|RESTS_ON]->(party) | [type(rests), party.id]]
}) AS rows
