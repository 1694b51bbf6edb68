"""Parties, the dated links between them, their territories and products."""
