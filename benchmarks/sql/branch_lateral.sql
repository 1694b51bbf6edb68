WITH one AS (
  SELECT l.child FROM link l JOIN party p ON p.id = l.parent
  WHERE p.name = %(party)s AND l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s)
), two AS (
  SELECT l.child FROM one CROSS JOIN LATERAL (
    SELECT child FROM link l WHERE l.parent = one.child AND l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s)
  ) l
), three AS (
  SELECT l.child FROM two CROSS JOIN LATERAL (
    SELECT child FROM link l WHERE l.parent = two.child AND l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s)
  ) l
)
SELECT min(down.depth) AS depth, party.name, party.kind
FROM (SELECT 1 AS depth, child FROM one UNION ALL SELECT 2, child FROM two UNION ALL SELECT 3, child FROM three) down
JOIN party ON party.id = down.child
GROUP BY party.name, party.kind ORDER BY 1, 2 LIMIT 51
