// The indexes of the graph, those of constraints among them, and whether they are complete.
// parameters: -
// columns: name, state, constraint
// starts from: the schema, which the server keeps apart from the data
// mode: read
// db hits: 3 in all
SHOW INDEXES YIELD name, state, owningConstraint
RETURN name, state, owningConstraint AS constraint
