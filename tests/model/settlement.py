"""Settlements: what a statement says, which decisions are settled.

A `period.closed` freezes the statements of its month and of all months before that are not frozen yet. What it saw is
what had been recorded by then (what was recorded at the same moment included); a statement that is not frozen sees what
is known now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tests.model.decision import Decision
from tests.model.limits import business_day

if TYPE_CHECKING:
    from tests.model.world import World

BOOKED = ("ACCRUED", "HELD", "REVERSED")


@dataclass(frozen=True)
class Statement:
    opening: int = 0
    earned: int = 0
    reversed: int = 0
    held: int = 0
    adjusted: int = 0
    paid: int = 0

    @property
    def payable(self) -> int:
        return self.opening + self.earned + self.reversed - self.held + self.adjusted

    @property
    def closing(self) -> int:
        return self.payable - self.paid


def month(at: datetime) -> str:
    return business_day(at)[:7]


def month_before(period: str) -> str:
    year, number = int(period[:4]), int(period[5:])
    return f"{year}-{number - 1:02}" if number > 1 else f"{year - 1}-12"


@dataclass(frozen=True)
class Line:
    """What one decision moves on an account."""

    month: str
    fen: int
    is_refund: bool = False
    is_held: bool = False


def frozen_at(world: World, period: str) -> datetime | None:
    """When the statement of a month was frozen."""
    seen = [fact.recorded for fact in world.facts if fact.type == "period.closed" and fact.body["period"] >= period]
    return min(seen, default=None)


def lines(world: World, accounts: Iterable[str]) -> list[Line]:
    """What the decisions move; a refund in the month of the refund."""
    ours, at = set(accounts), {fact.id: fact.at for fact in world.facts}
    return [
        Line(month(at[one.cause or one.trigger]), one.amount_fen, one.cause is not None, one.status == "HELD")
        for one in world.unsettled_decisions
        if one.payee in ours and one.status in BOOKED
    ]


def statement(world: World, accounts: Iterable[str], period: str) -> Statement:
    ours = set(accounts)
    seen_now, seen_before = frozen_at(world, period), frozen_at(world, month_before(period))
    now = lines(world.as_recorded_by(seen_now), ours)
    before = [one for one in lines(world.as_recorded_by(seen_before), ours) if one.month < period]
    opening = sum(one.fen for one in before) - sum(one.fen for one in before if one.is_held)
    return Statement(
        opening=opening - paid(world, ours, seen_now, lambda of: of < period),
        earned=sum(one.fen for one in now if one.month == period and not one.is_refund),
        reversed=sum(one.fen for one in now if one.month == period and one.is_refund),
        held=sum(one.fen for one in now if one.month <= period and one.is_held)
        - sum(one.fen for one in before if one.is_held),
        adjusted=sum(one.fen for one in now if one.month < period) - sum(one.fen for one in before),
        paid=paid(world, ours, None, lambda of: of == period),
    )


def paid(world: World, accounts: set[str], by: datetime | None, counts: Callable[[str], bool]) -> int:
    facts = world.as_recorded_by(by).facts
    return sum(
        fact.body["paidFen"]
        for fact in facts
        if fact.type == "statement.settled" and fact.body["payee"] in accounts and counts(fact.body["period"])
    )


def with_settled(world: World, decisions: list[Decision]) -> list[Decision]:
    """An accrued decision is settled when the latest settlement that saw its month has just that amount."""
    closings = [fact for fact in world.facts if fact.type == "period.closed"]
    if not closings:
        return decisions
    at = {fact.id: fact.at for fact in world.facts}

    def settled(one: Decision) -> bool:
        saw = [fact.recorded for fact in closings if fact.body["period"] >= month(at[one.trigger])]
        if one.status != "ACCRUED" or not saw:
            return False
        due = due_by(world.as_recorded_by(max(saw)))
        return due.get(identity(one), (0, 0)) == (one.amount_fen, one.points)

    return [replace(one, status="SETTLED") if settled(one) else one for one in decisions]


def identity(one: Decision) -> tuple[str | None, ...]:
    return one.rule, one.trigger, one.role, one.payee


def due_by(world: World) -> dict[tuple[str | None, ...], tuple[int, int]]:
    accrued = [one for one in world.unsettled_decisions if one.status == "ACCRUED"]
    return {identity(one): (one.amount_fen, one.points) for one in accrued}
