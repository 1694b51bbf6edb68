// Decisions alone that hang on no event, and members that no identifier belongs to.
// parameters: -
// columns: what, key
// starts from: the labels Decision and Member, because what hangs on nothing can only be found by looking at all
// mode: read
// db hits: 10 a node
CALL () {
  MATCH (decision:Decision&!Entry) WHERE NOT EXISTS { (decision)-[:FOR]->() }
  RETURN 'decision without an event' AS what, decision.rebate AS key
  UNION ALL
  MATCH (member:Member) WHERE NOT EXISTS { (member)<-[:OF]-() }
  RETURN 'member without an identifier' AS what, member.id AS key
}
RETURN what, key
