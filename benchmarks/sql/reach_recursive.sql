LEFT JOIN LATERAL (
  WITH RECURSIVE held (item, since, until) AS (
    SELECT u.id, 0::bigint, 9223372036854775807
    UNION ALL
    SELECT s.container, greatest(held.since, s.since), least(held.until, s.until)
    FROM held JOIN stay s ON s.item = held.item AND s.since <= q.at
  )
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
    FROM held JOIN hand_over h ON h.item = held.item AND h.at >= held.since AND h.at < held.until AND h.at <= q.at
  ) reached
) r ON true
