LEFT JOIN item u ON u.first = q.code
