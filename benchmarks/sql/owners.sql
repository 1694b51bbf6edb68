SELECT
  q.code,
  CASE
    WHEN r.owned IS NULL THEN 'UNKNOWN'
    WHEN EXISTS (SELECT FROM scan WHERE scan.code = q.code AND scan.at <= q.at) THEN 'SOLD'
    WHEN r.sent[1] > r.owned[1] THEN 'IN_TRANSIT'
    ELSE 'CONFIRMED'
  END AS status,
  owner.name AS owner,
  CASE WHEN owner.kind = 'STORE' THEN distributor.name END AS distributor,
  CASE WHEN owner.kind = 'STORE' AND r.placed[3] = r.owned[3] THEN salesperson.name END AS salesperson,
  brand.name AS brand, confirming.name AS confirmed_by,
  CASE WHEN r.owned[4] = u.id THEN q.code ELSE via.first END AS via
FROM {asked} q
{find}
{reach}
LEFT JOIN party owner ON owner.id = r.owned[3]
LEFT JOIN party distributor ON distributor.id = r.through[3]
LEFT JOIN party salesperson ON salesperson.id = r.placed[4]
LEFT JOIN party brand ON brand.id = u.brand AND r.owned IS NOT NULL
LEFT JOIN event confirming ON confirming.id = r.owned[2]
LEFT JOIN item via ON via.id = r.owned[4]
