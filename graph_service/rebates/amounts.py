"""What a rule pays each role, before limits: fixed fen and points, shares of a base, and a pool that is split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_service.intake.rule import Base, Role, Rounding, Rule

WHOLE = 10_000
"""Basis points of a whole: a base in fen times basis points counts in ten-thousandths of a fen."""

Bases = Mapping[Base, int]
"""What the bases of an event are, in fen. One that an event has not is 0."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line of `pay`, or a role's share of the pool, comes to.

    Attributes:
        exact: in ten-thousandths of a fen, before rounding.
        points: fixed points.
        bps: basis points of a base; None for fixed amounts.
        base: whose, with its value in fen.
        weight: the role's weight and the sum of all weights in the pool that it is a share of.
    """

    exact: int = 0
    points: int = 0
    bps: int | None = None
    base: tuple[Base, int] | None = None
    weight: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """What a rule pays a role for one event, or for one code of it: everything of one role is one entry.

    Attributes:
        fen: rounded as the rule says.
        points: whole points.
        exact: the same as `fen` before rounding, in ten-thousandths of a fen.
        lines: what it is made of, in declared order.
    """

    fen: int = 0
    points: int = 0
    exact: int = 0
    lines: tuple[Line, ...] = ()


def roles_paid(rule: Rule) -> tuple[Role, ...]:
    """The roles that a rule pays, each once, in declared order: those of `pay` before those of the pool."""
    shares = rule.pool.split if rule.pool else []
    return tuple(dict.fromkeys([*(pay.role for pay in rule.pay), *(share.role for share in shares)]))


def bases_of(rule: Rule) -> frozenset[Base]:
    """The bases whose values a rule asks for."""
    named = {pay.base for pay in rule.pay} | ({rule.pool.base} if rule.pool else set())
    return frozenset(base for base in named if base is not None)


def amounts(rule: Rule, bases: Bases) -> dict[Role, Amount]:
    """What a rule pays each of its roles, in declared order, given what the bases of an event are."""
    lines: dict[Role, list[Line]] = {role: [] for role in roles_paid(rule)}
    for pay in rule.pay:
        if pay.bps is None or pay.base is None:
            lines[pay.role].append(Line((pay.fen or 0) * WHOLE, pay.points or 0))
        else:
            value = bases.get(pay.base, 0)
            lines[pay.role].append(Line(value * pay.bps, bps=pay.bps, base=(pay.base, value)))
    for role, line in _shares(rule, bases):
        lines[role].append(line)
    return {role: _amount(rule.rounding, tuple(parts)) for role, parts in lines.items()}


def _shares(rule: Rule, bases: Bases) -> list[tuple[Role, Line]]:
    pool = rule.pool
    if pool is None:
        return []
    value = bases.get(pool.base, 0)
    weights = [share.weight for share in pool.split]
    split = split_by_weight(rounded(value * pool.bps, pool.rounding), weights)
    return [
        (share.role, Line(fen * WHOLE, bps=pool.bps, base=(pool.base, value), weight=(share.weight, sum(weights))))
        for share, fen in zip(pool.split, split, strict=True)
    ]


def _amount(rounding: Rounding, lines: tuple[Line, ...]) -> Amount:
    exact = sum(line.exact for line in lines)
    return Amount(rounded(exact, rounding), sum(line.points for line in lines), exact, lines)


def rounded(exact: int, rounding: Rounding) -> int:
    """Whole fen of ten-thousandths."""
    return (exact + WHOLE // 2) // WHOLE if rounding == "HALF_UP" else exact // WHOLE


def split_by_weight(whole: int, weights: Sequence[int]) -> list[int]:
    """Splits an amount by weights, by largest remainder, ties in declared order; equally where all weights are 0."""
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(whole * weights[n] % total))
    for n in by_remainder[: whole - sum(shares)]:
        shares[n] += 1
    return shares
