"""Members: the identifiers that are one person."""
