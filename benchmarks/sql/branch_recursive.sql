WITH RECURSIVE down (party, depth) AS (
  SELECT id, 0 FROM party WHERE name = %(party)s
  UNION
  SELECT l.child, down.depth + 1 FROM down JOIN link l ON l.parent = down.party
  WHERE l.since <= %(at)s AND (l.until IS NULL OR l.until > %(at)s) AND down.depth < 10
)
SELECT min(down.depth) AS depth, party.name, party.kind
FROM down JOIN party ON party.id = down.party WHERE down.depth > 0
GROUP BY party.name, party.kind ORDER BY 1, 2 LIMIT 51
