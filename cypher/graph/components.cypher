// Which server this is.
// parameters: -
// columns: versions, edition
// starts from: a procedure of the server
// mode: read
// db hits: 0 in all
CALL dbms.components() YIELD name, versions, edition
WHERE name = 'Neo4j Kernel'
RETURN versions, edition
