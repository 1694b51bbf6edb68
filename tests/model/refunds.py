"""What refunds take back of the entries of an order: each line's share in proportion, half-up on the running total."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from tests.model.amounts import split
from tests.model.decision import Decision
from tests.model.log import Fact

if TYPE_CHECKING:
    from tests.model.world import World


@dataclass(frozen=True)
class Refund:
    fact: Fact
    before: dict[str, Fraction]
    """How much of each line was paid back before this refund, and with it."""
    after: dict[str, Fraction]


def refunds_of(world: World, order_event: str) -> list[Refund]:
    """In order of history; one that is written down before its order belongs to it all the same."""
    order = next((fact for fact in world.facts if fact.id == order_event and fact.type == "order.placed"), None)
    if order is None:
        return []
    lines = {line["line"]: line for line in order.body["lines"]}
    before = dict.fromkeys(lines, Fraction(0))
    refunds = []
    for fact in world.facts:
        if fact.type == "order.refunded" and fact.body["order"] == order.body["order"]:
            after = dict(before)
            for said in fact.body.get("lines") or [{"line": line} for line in lines]:
                if said["line"] in lines:
                    part = before[said["line"]] + part_of(lines[said["line"]], said)
                    after[said["line"]] = min(part, Fraction(1))
            refunds.append(Refund(fact, before, after))
            before = after
    return refunds


def part_of(line: dict[str, int], said: dict[str, int]) -> Fraction:
    """Neither a quantity nor an amount: all of it. Of both the amount counts: it is money."""
    if said.get("netFen") is not None:
        return Fraction(said["netFen"], line["netFen"]) if line["netFen"] else Fraction(1)
    if said.get("quantity") is not None:
        return Fraction(said["quantity"], line["quantity"])
    return Fraction(1)


def taken_back(entry: Decision, refund: Refund) -> tuple[int, int]:
    """Fen and points: the entry is split over its lines by `netFen`."""

    def taken(amount: int) -> int:
        shares = split(amount, [net for _, net in entry.lines]) if entry.lines else []
        total = 0
        for (line, _), share in zip(entry.lines, shares, strict=True):
            now, then = share * refund.after[line], share * refund.before[line]
            total += half_up(now) - half_up(then)
        return total

    return taken(entry.amount_fen), taken(entry.points)


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))
