WITH one AS (
  SELECT l.* FROM link l JOIN party p ON p.id = l.child
  WHERE p.name = %(party)s AND l.relation IN ('SUPPLIES', 'EMPLOYS') AND l.since <= %(at)s
    AND (l.until IS NULL OR l.until > %(at)s)
), two AS (
  SELECT DISTINCT l.* FROM one CROSS JOIN LATERAL (
    SELECT * FROM link l WHERE l.child = one.parent AND l.relation IN ('SUPPLIES', 'EMPLOYS') AND l.since <= %(at)s
      AND (l.until IS NULL OR l.until > %(at)s)
  ) l
), three AS (
  SELECT DISTINCT l.* FROM two CROSS JOIN LATERAL (
    SELECT * FROM link l WHERE l.child = two.parent AND l.relation IN ('SUPPLIES', 'EMPLOYS') AND l.since <= %(at)s
      AND (l.until IS NULL OR l.until > %(at)s)
  ) l
)
SELECT up.relation, parent.name, child.name, up.since
FROM (
  SELECT 1 AS depth, * FROM one UNION ALL SELECT 2, * FROM two UNION ALL SELECT 3, * FROM three
) up
JOIN party parent ON parent.id = up.parent JOIN party child ON child.id = up.child
ORDER BY depth, 2, 3, 1
