"""What refunds take back of the entries of an order.

An entry is split over its lines by `netFen` (largest remainder, declared order); a refund takes back each line's share
in proportion to what is paid back, half-up on the running total, so that a full return comes to exactly zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from graph_service.rebates.amounts import split_by_weight

Lines = Sequence[tuple[str, int]]
"""Lines of an order, each with its `netFen`, in declared order."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of an order; `at` and `recorded_at` are in microseconds.

    Attributes:
        event: its id.
        at: when it happened.
        recorded_at: when the log took it.
        before: how much of each line had been paid back.
        after: how much is with it.
    """

    event: str
    at: int
    recorded_at: int
    before: Mapping[str, Fraction]
    after: Mapping[str, Fraction]


def refunds_of(
    order: Mapping[str, Any], refunds: Iterable[tuple[str, int, int, Mapping[str, Any]]]
) -> tuple[Refund, ...]:
    """The refunds of an order in the order of (`at`, `id`); of a line no more than all of it is paid back.

    Args:
        order: the order as sent.
        refunds: id, at, recorded at, and what was sent, of each.
    """
    lines = {line["line"]: line for line in order["lines"]}
    before = dict.fromkeys(lines, Fraction(0))
    found: list[Refund] = []
    for event, at, recorded_at, said in sorted(refunds, key=lambda one: (one[1], one[0])):
        after = dict(before)
        for part in said.get("lines") or [{"line": line} for line in lines]:
            if part["line"] in lines:
                paid_back = before[part["line"]] + _part(lines[part["line"]], part)
                after[part["line"]] = min(paid_back, Fraction(1))
        found.append(Refund(event, at, recorded_at, before, after))
        before = after
    return tuple(found)


def _part(line: Mapping[str, Any], said: Mapping[str, Any]) -> Fraction:
    """Neither a quantity nor an amount: all of it. Of both the amount counts, because it is money."""
    if said.get("netFen") is not None:
        return Fraction(said["netFen"], line["netFen"]) if line["netFen"] else Fraction(1)
    if said.get("quantity") is not None:
        return Fraction(said["quantity"], line["quantity"])
    return Fraction(1)


def taken_back(amount: int, lines: Lines, refund: Refund) -> int:
    """What a refund takes back of an amount, fen or points."""
    if not lines:
        return 0
    shares = split_by_weight(amount, [net for _, net in lines])
    return sum(
        _half_up(share * refund.after[line]) - _half_up(share * refund.before[line])
        for (line, _), share in zip(lines, shares, strict=True)
    )


def _half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
