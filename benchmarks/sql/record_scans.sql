-- Scans with what they pay, one or thousands alike: found, decided and booked in one statement.
WITH arrived AS (
  SELECT * FROM unnest(
    %(names)s::text[], %(codes)s::text[], %(ats)s::bigint[], %(accounts)s::text[], %(promos)s::text[], %(bodies)s::text[]
  ) AS a (name, code, at, account, promo, body)
), taken AS (
  INSERT INTO event (name, kind, at, recorded_at, body)
  SELECT name, 'goods.scanned', at, %(now)s, body FROM arrived ON CONFLICT (name) DO NOTHING
  RETURNING id, name
), scanned AS (
  INSERT INTO scan (code, at, event, account)
  SELECT code, at, id, account FROM arrived JOIN taken USING (name)
), answered AS (
  SELECT taken.id AS event, q.at, q.account, clerk.name AS clerk, employed.child IS NOT NULL AS works,
    owner.name AS owner, owner.kind AS kind, distributor.name AS distributor, salesperson.name AS salesperson,
    r.owned IS NOT NULL AS known,
    EXISTS (SELECT FROM scan WHERE scan.code = q.code AND scan.at < q.at) AS consumed
  FROM arrived q
  JOIN taken USING (name)
  {find}
  {reach}
  LEFT JOIN party owner ON owner.id = r.owned[3]
  LEFT JOIN party distributor ON distributor.id = r.through[3]
  LEFT JOIN party salesperson ON salesperson.id = r.placed[4] AND r.placed[3] = r.owned[3]
  LEFT JOIN party clerk ON clerk.promo_code = q.promo
  LEFT JOIN LATERAL (
    SELECT child FROM link
    WHERE link.child = clerk.id AND relation = 'EMPLOYS' AND since <= q.at AND (until IS NULL OR until > q.at) LIMIT 1
  ) employed ON true
), decided AS (
  INSERT INTO decision (rule, event, role, payee, status, fen, points, at, decided_at)
  SELECT
    rule.name, event, rule.role, payee,
    CASE
      WHEN consumed OR rule.role = 'CLERK' AND NOT works THEN 'REJECTED'
      WHEN kind <> 'STORE' AND rule.role NOT IN ('CONSUMER', 'CLERK') THEN 'SUSPENSE'
      WHEN payee IS NULL THEN 'REJECTED'
      ELSE 'ACCRUED'
    END,
    rule.fen, rule.points, at, %(now)s
  FROM answered
  CROSS JOIN rule
  CROSS JOIN LATERAL (
    SELECT CASE rule.role WHEN 'CONSUMER' THEN account WHEN 'STORE' THEN owner WHEN 'CLERK' THEN clerk
      WHEN 'DISTRIBUTOR' THEN distributor ELSE salesperson END AS payee
  ) paid
  WHERE known AND (rule.role <> 'CLERK' OR clerk IS NOT NULL)
  RETURNING *
)
INSERT INTO entry (rule, event, role, payee, revision, status, fen, points, at)
SELECT rule, event, role, payee, 1, status, fen, points, at FROM decided WHERE status = 'ACCRUED'
