// The keys of this graph, wrapped under the operator's secret.
// parameters: -
// columns: wrapped
// starts from: keyring_id
// mode: read
// db hits: 6 in all
MATCH (ring:Keyring {id: 1})
RETURN ring.wrapped AS wrapped
