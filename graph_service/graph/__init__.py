"""Neo4j: the embedded server, the driver, migrations and the statements in `cypher/`."""
