"""GraphQL and HTTP."""
