CALL () {
  MATCH (node) RETURN 'nodes' AS what, count(node) AS counted
  UNION ALL
  MATCH ()-[relation]->() RETURN 'relations' AS what, count(relation) AS counted
}
RETURN what, counted
