"""A decision: what the facts say should be paid, or why nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tests.model.log import Fact


@dataclass(frozen=True)
class Decision:
    rule: str
    version: int
    trigger: str
    role: str
    payee: str | None
    status: str
    amount_fen: int = 0
    points: int = 0
    reason: str | None = None
    cause: str | None = None
    """The refund that takes something back."""
    exact: Fraction = field(default=Fraction(0), compare=False)
    """The amount before rounding."""
    lines: tuple[tuple[str, int], ...] = field(default=(), compare=False)
    """The lines of an order that an entry is for, each with its `netFen`, in declared order."""


def nothing(trigger: Fact, reason: str) -> list[Decision]:
    return [Decision("NONE", 0, trigger.id, "NONE", None, "REJECTED", reason=reason)]
