// How many identifiers there are.
// parameters: -
// columns: identifiers
// starts from: the count store, because every node of the label counts
// mode: read
// db hits: 10 in all
MATCH (identifier:Identifier)
RETURN count(identifier) AS identifiers
