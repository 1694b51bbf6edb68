"""What a rule pays each role before limits: fixed amounts, shares of a base, and the pool."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

Bases = Mapping[str, int]
"""What the bases of an event are, in fen; one that an event has not is 0."""


def roles_paid(rule: dict[str, Any]) -> list[str]:
    """In declared order: those of `pay`, then those of the pool."""
    named = [line["role"] for line in rule.get("pay", [])]
    named += [share["role"] for share in (rule.get("pool") or {}).get("split", [])]
    return list(dict.fromkeys(named))


def amounts(rule: dict[str, Any], bases: Bases) -> dict[str, tuple[Fraction, int]]:
    """By role fen, not yet rounded, and points; everything of one role is one entry."""
    paid = {role: (Fraction(0), 0) for role in roles_paid(rule)}

    def add(role: str, fen: Fraction | int, points: int = 0) -> None:
        paid[role] = paid[role][0] + fen, paid[role][1] + points

    for line in rule.get("pay", []):
        if "bps" in line:
            add(line["role"], Fraction(bases.get(line["base"], 0) * line["bps"], 10_000))
        else:
            add(line["role"], line.get("fen") or 0, line.get("points") or 0)
    if pool := rule.get("pool"):
        whole = rounded(Fraction(bases.get(pool["base"], 0) * pool["bps"], 10_000), pool.get("rounding"))
        shares = split(whole, [share["weight"] for share in pool["split"]])
        for share, fen in zip(pool["split"], shares, strict=True):
            add(share["role"], fen)
    return paid


def rounded(fen: Fraction, rounding: str | None) -> int:
    return floor(fen + Fraction(1, 2)) if rounding == "HALF_UP" else floor(fen)


def split(whole: int, weights: list[int]) -> list[int]:
    """By largest remainder, ties in declared order; equally where all weights are 0."""
    if not sum(weights):
        weights = [1] * len(weights)
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    shares = [floor(share) for share in exact]
    while sum(shares) < whole:
        first = max(range(len(shares)), key=lambda n: (exact[n] - shares[n], -n))
        shares[first] += 1
    return shares
