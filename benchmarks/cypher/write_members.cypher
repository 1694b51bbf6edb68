UNWIND range($from, $until) AS number
CREATE (identifier:Identifier)-[:OF]->(:Member {id: $prefix + number})
SET
  identifier.id = $prefix + number, identifier.type = 'WECHAT_OPENID', identifier.app = 'mini',
  identifier.sealed = $sealed, identifier.firstSeen = number, identifier.lastSeen = number
