"""Channel relationship graph: ownership, linked rebates and their reasons, on Neo4j."""

__version__ = "0.1.0"
