LEFT JOIN LATERAL (
  SELECT run.* FROM item run WHERE run.first <= q.code ORDER BY run.first DESC LIMIT 1
) u ON u.last >= q.code
