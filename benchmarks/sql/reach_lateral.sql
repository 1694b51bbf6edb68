LEFT JOIN LATERAL (
  SELECT
    max(ARRAY[at, event, receiver, via]) FILTER (WHERE owns) AS owned,
    max(ARRAY[at, event, receiver]) FILTER (WHERE owns AND receiver_kind = 'D') AS through,
    max(ARRAY[at, event]) FILTER (WHERE NOT owns) AS sent,
    max(ARRAY[at, event, receiver, salesperson]) FILTER (WHERE NOT owns AND receiver_kind = 'S') AS placed
  FROM (
    SELECT u.made_at AS at, u.made_by AS event, true AS owns, u.holder AS receiver, 'B'::"char" AS receiver_kind,
      NULL::int AS salesperson, u.id AS via
    WHERE u.made_at <= q.at
    UNION ALL
    SELECT h.at, h.event, h.owns, h.receiver, h.receiver_kind, h.salesperson, h.item
    FROM hand_over h WHERE h.item = u.id AND h.at <= q.at
    UNION ALL
    SELECT h.at, h.event, h.owns, h.receiver, h.receiver_kind, h.salesperson, h.item
    FROM stay s
    CROSS JOIN LATERAL (
      SELECT * FROM hand_over h
      WHERE h.item = s.container AND h.at >= s.since AND h.at <= q.at AND (s.until IS NULL OR h.at < s.until)
    ) h
    WHERE s.item = u.id AND s.since <= q.at
    UNION ALL
    SELECT h.at, h.event, h.owns, h.receiver, h.receiver_kind, h.salesperson, h.item
    FROM stay s
    CROSS JOIN LATERAL (SELECT * FROM stay t WHERE t.item = s.container AND t.since <= q.at) t
    CROSS JOIN LATERAL (
      SELECT * FROM hand_over h
      WHERE h.item = t.container AND h.at >= greatest(s.since, t.since) AND h.at <= q.at
        AND (s.until IS NULL OR h.at < s.until) AND (t.until IS NULL OR h.at < t.until)
    ) h
    WHERE s.item = u.id AND s.since <= q.at
  ) reached
) r ON true
