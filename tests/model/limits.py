"""What limits make of what rules propose: rounding at settlement, caps, budgets, holds; refunds and reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.model import holds
from tests.model.amounts import split
from tests.model.decision import Decision
from tests.model.log import Fact
from tests.model.policy import account_name
from tests.model.refunds import Refund, refunds_of, taken_back
from tests.model.rules import Rule

if TYPE_CHECKING:
    from tests.model.world import World

CHINA = timezone(timedelta(hours=8))
Place = tuple[int, datetime, str]
"""Where something stands in the order in which money is reserved."""


def business_day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()


@dataclass
class Gauge:
    """What a cap or budget has let through."""

    used: int = 0
    closed_at: int | None = None
    """The limit that something did not fit; a version with a higher one opens it again."""

    def left(self, limit: int) -> int | None:
        """None: closed."""
        closed = self.closed_at is not None and limit <= self.closed_at
        return None if closed else max(limit - self.used, 0)

    def close(self, limit: int) -> None:
        self.closed_at = limit

    def give_back(self, fen: int) -> None:
        if fen:
            self.used -= fen
            self.closed_at = None


@dataclass
class Entry:
    """A proposal on its way through the limits."""

    now: Decision
    returned: int = 0
    """What refunds and a review gave back to the budget."""
    refunds: list[Decision] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.now.status != "REJECTED"

    def reject(self, reason: str) -> None:
        self.now = replace(self.now, status="REJECTED", amount_fen=0, points=0, reason=reason)

    def pay(self, fen: int, reason: str) -> None:
        kept = self.now.reason if self.now.status == "SUSPENSE" else reason
        self.now = replace(self.now, amount_fen=fen, reason=kept)


def limited(world: World, proposals: Iterable[Decision]) -> list[Decision]:
    """All decisions; those of one rule in the order in which its money is reserved."""
    by_rule: dict[str, list[Decision]] = defaultdict(list)
    decided = []
    for one in proposals:
        if one.rule == "NONE":
            decided.append(one)
        else:
            by_rule[one.rule].append(one)
    for rule, ours in by_rule.items():
        decided += Reservations(world, world.rules.versions_of(rule)).decide(ours)
    order = {fact.id: n for n, fact in enumerate(world.facts)}
    return sorted(decided, key=lambda one: order[one.trigger])


class Reservations:
    """The reservations under one rule, over all its versions."""

    def __init__(self, world: World, versions: dict[int, Rule]) -> None:
        self._world = world
        self._versions = versions
        self._facts = {fact.id: fact for fact in world.facts}
        closings = [fact for fact in world.facts if fact.type == "period.closed"]
        self._closings = sorted(closings, key=lambda fact: (fact.recorded, fact.key))
        self._gauges: dict[tuple[Any, ...], Gauge] = defaultdict(Gauge)
        self._running: dict[tuple[str | None, str], Fraction] = defaultdict(Fraction)
        self._member_of = {
            account_name(one): account_name(member.seed) for member in world.members() for one in member.identifiers
        }

    def decide(self, proposals: list[Decision]) -> list[Decision]:
        events: dict[str, list[Entry]] = defaultdict(list)
        for one in proposals:
            events[one.trigger].append(Entry(one))
        for entries in events.values():
            entries.sort(key=self._rank)
        steps: list[tuple[Place, int, Any]] = [(self._place(self._facts[id_]), 0, id_) for id_ in events]
        for id_, entries in events.items():
            steps += [
                (max(self._place(self._facts[id_]), self._place(one.fact)), 1, (entries, one))
                for one in refunds_of(self._world, id_)
            ]
            for entry in entries:
                review = holds.review_of(self._world, entry.now)
                if review and review.body["decision"] == "VOID":
                    place = max(self._place(self._facts[id_]), self._place(review))
                    steps.append((place, 2, entry))
        for _, kind, what in sorted(steps, key=lambda step: step[:2]):
            if kind == 0:
                self._reserve(self._facts[what], events[what])
            elif kind == 1:
                self._refund(*what)
            else:
                self._void(what)
        entries = [entry for together in events.values() for entry in together]
        return [entry.now for entry in entries] + [
            refund for entry in entries if entry.now.status == "ACCRUED" for refund in entry.refunds
        ]

    def _rank(self, entry: Entry) -> tuple[int, str]:
        """In one event entries come in declared order; of one role by payee."""
        roles, role = self._rule(entry).roles, entry.now.role
        return (roles.index(role) if role in roles else len(roles)), entry.now.payee or ""

    def _rule(self, entry: Entry) -> Rule:
        return self._versions[entry.now.version]

    def _place(self, fact: Fact) -> Place:
        """What a settlement saw comes before what came too late for it."""
        month = business_day(fact.at)[:7]
        saw = (
            n for n, one in enumerate(self._closings) if month <= one.body["period"] and fact.recorded <= one.recorded
        )
        return next(saw, len(self._closings)), fact.at, fact.id

    def _reserve(self, fact: Fact, entries: list[Entry]) -> None:
        rule = self._rule(entries[0])
        if rule.body.get("roundAt") == "SETTLEMENT":
            for entry in entries:
                self._round(rule, fact, entry)
        for entry in entries:
            self._cap(rule, fact, entry)
        self._budget(rule, [entry for entry in entries if entry.is_open])
        reason = holds.reason(self._world, rule, fact)
        for entry in entries:
            if reason and entry.is_open:
                review = holds.review_of(self._world, entry.now)
                if review is None or review.body["decision"] == "VOID":
                    entry.now = replace(entry.now, status="HELD", reason=reason)

    def _round(self, rule: Rule, fact: Fact, entry: Entry) -> None:
        if not entry.is_open or entry.now.payee is None:
            return
        account = entry.now.payee, business_day(fact.at)[:7]
        before = self._running[account]
        self._running[account] += entry.now.exact
        fen = rule.round(self._running[account]) - rule.round(before)
        entry.now = replace(entry.now, amount_fen=fen)

    def _cap(self, rule: Rule, fact: Fact, entry: Entry) -> None:
        caps = rule.body.get("caps") or []
        caps = [cap for per in ("DAY", "PERIOD", "RULE") for cap in caps if cap["per"] == per]
        payee = self._member_of.get(entry.now.payee or "", entry.now.payee)
        day = business_day(fact.at)

        def gauge(per: str, role: str | None) -> Gauge:
            about = {"DAY": (payee, day), "PERIOD": (payee,), "RULE": ()}[per]
            return self._gauges[per, role, *about]

        kinds = {(cap["per"], cap.get("role")) for one in self._versions.values() for cap in one.body.get("caps") or []}
        for level in (("DAY", "PERIOD"), ("RULE",)):
            # An unknown payee reserves of the rule alone.
            concerned = [cap for cap in caps if cap["per"] in level and cap.get("role") in (None, entry.now.role)]
            if level != ("RULE",) and payee is None:
                continue
            for cap in concerned:
                if not entry.is_open:
                    break
                limit, counted = cap["limitFen"], gauge(cap["per"], cap.get("role"))
                left, fen = counted.left(limit), entry.now.amount_fen
                if left is not None and fen <= left:
                    continue
                counted.close(limit) if left is not None else None
                if left and cap.get("onExceed", "TRUNCATE") == "TRUNCATE":
                    entry.pay(left, "cap_truncated")
                else:
                    entry.reject("cap_reached")
            if entry.is_open:
                for per, role in kinds:
                    if per in level and role in (None, entry.now.role):
                        gauge(per, role).used += entry.now.amount_fen

    def _budget(self, rule: Rule, entries: list[Entry]) -> None:
        """Counts under every version, so that a later one's budget knows what was spent."""
        if not entries:
            return
        gauge, limit = self._gauges["BUDGET",], rule.body.get("budgetFen")
        wanted = sum(entry.now.amount_fen for entry in entries)
        if limit is not None:
            left = gauge.left(limit)
            if left is None or wanted > left:
                if left is not None:
                    gauge.close(limit)
                self._share(rule, entries, left or 0)
        gauge.used += sum(entry.now.amount_fen for entry in entries)

    def _share(self, rule: Rule, entries: list[Entry], left: int) -> None:
        """What is left of a budget that does not suffice."""
        if not left or rule.body.get("onInsufficient") != "PRORATA":
            for entry in entries:
                entry.reject("budget_exhausted")
            return
        for entry, fen in zip(entries, split(left, [entry.now.amount_fen for entry in entries]), strict=True):
            entry.pay(fen, "budget_prorated")

    def _refund(self, entries: list[Entry], refund: Refund) -> None:
        for entry in entries:
            fen, points = taken_back(entry.now, refund)
            if fen or points:
                taken = replace(entry.now, status="REVERSED", amount_fen=-fen, points=-points, reason="refunded")
                entry.refunds.append(replace(taken, cause=refund.fact.id))
            if entry.is_open:
                entry.returned += fen
                self._gauges["BUDGET",].give_back(fen)

    def _void(self, entry: Entry) -> None:
        if entry.now.status == "HELD":
            self._gauges["BUDGET",].give_back(entry.now.amount_fen - entry.returned)
            entry.reject("voided_on_review")
