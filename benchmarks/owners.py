"""What all sides are asked about a code, and the one form of their answers, so that they can be compared."""

Question = tuple[str, int]
"""A code, and a time in microseconds."""

Owned = tuple[str | None, ...]
"""Status, owner, distributor, salesperson, brand, the fact that confirmed it, and the code which that fact named."""
