// How many nodes of each sort analysts would see, and how many events there are.
// parameters: -
// columns: sort, number
// starts from: the count store
// mode: read
// db hits: 20 in all
CALL () {
  MATCH (party:Party) WITH count(party) AS number RETURN 'party' AS sort, number
  UNION ALL
  MATCH (run:Run) WITH count(run) AS number RETURN 'item' AS sort, number
  UNION ALL
  MATCH ()-[alias:SAME_ITEM_AS]->() WITH count(alias) AS number RETURN 'item' AS sort, -number AS number
  UNION ALL
  MATCH (member:Member) WITH count(member) AS number RETURN 'member' AS sort, number
  UNION ALL
  MATCH (identifier:Identifier) WITH count(identifier) AS number RETURN 'identifier' AS sort, number
  UNION ALL
  MATCH (event:Event) WITH count(event) AS number RETURN 'event' AS sort, number
}
RETURN sort, sum(number) AS number
