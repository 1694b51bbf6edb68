WITH RECURSIVE up (relation, parent, child, since, depth) AS (
  SELECT l.relation, l.parent, l.child, l.since, 1 FROM link l
  JOIN party p ON p.id = l.child
  WHERE p.name = %(party)s AND l.relation IN ('SUPPLIES', 'EMPLOYS') AND l.since <= %(at)s
    AND (l.until IS NULL OR l.until > %(at)s)
  UNION
  SELECT l.relation, l.parent, l.child, l.since, up.depth + 1 FROM up
  JOIN link l ON l.child = up.parent
  WHERE l.relation IN ('SUPPLIES', 'EMPLOYS') AND l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s)
)
SELECT up.relation, parent.name, child.name, up.since
FROM up JOIN party parent ON parent.id = up.parent JOIN party child ON child.id = up.child
ORDER BY depth, 2, 3, 1
