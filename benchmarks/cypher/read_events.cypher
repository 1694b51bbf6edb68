// Events with all that was written of them: what they name and show, what was decided and booked.
UNWIND $rows AS id
MATCH (event:Event {id: id})
USING INDEX SEEK event:Event(id)
RETURN
  id AS event, labels(event) AS labels, properties(event) AS properties,
  [(event)-[named:FROM|TO|CARRIED_BY|OWNED_BY|CAME_THROUGH]->(party) | [type(named), party.id]] AS parties,
  [(event)-[named:NAMES|PACKS|INTO|SCANS]->(run) | [type(named), run.first]] AS runs,
  [(event)-[shows:SHOWS]->(identifier) | [shows.list, identifier.id]] AS shown,
  [(event)<-[:FOR]-(both:Decision&Entry) | properties(both)] AS shared,
  [(event)<-[:FOR]-(decision:!Entry) | properties(decision)] AS decisions,
  [(event)<-[:FOR]-(entry:!Decision) | properties(entry)] AS entries
