"""Rules: which version is in force, which rules match, and which of a group is the most specific."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.model.amounts import Bases, amounts, roles_paid, rounded
from tests.model.channel import contains
from tests.model.log import Fact, instant

SCOPE_KEYS = ("batches", "skus", "campaigns", "regions", "channels", "storeTiers")
"""From the most specific to the least."""


@dataclass(frozen=True, eq=False)
class Rule:
    body: dict[str, Any]
    since: datetime
    """`from`: which version is the newest."""
    start: datetime
    until: datetime

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def version(self) -> int:
        return int(self.body["version"])

    @property
    def late_binding_days(self) -> int | None:
        days: int | None = self.body.get("lateBindingDays")
        return days

    @property
    def roles(self) -> list[str]:
        """In declared order."""
        return roles_paid(self.body)

    def pay(self, bases: Bases) -> dict[str, tuple[Fraction, int]]:
        """Fen, not yet rounded, and points by role; they are one entry."""
        return amounts(self.body, bases)

    def round(self, fen: Fraction) -> int:
        return rounded(fen, self.body.get("rounding"))

    @property
    def specificity(self) -> tuple[bool, ...]:
        scope = self.body.get("scope") or {}
        return tuple(bool(scope.get(key)) for key in SCOPE_KEYS)


@dataclass(frozen=True)
class Circumstances:
    """What a scope is compared with."""

    brand: str | None
    batch: str | None
    sku: str | None
    campaign: str | None
    region: str | None
    channel: str | None
    store_tier: str | None


class Rules:
    def __init__(self, facts: list[Fact]) -> None:
        self._versions: dict[str, dict[int, Rule]] = defaultdict(dict)
        self._withdrawn: dict[str, list[datetime]] = defaultdict(list)
        for fact in facts:
            if fact.type == "rule.published":
                body = fact.body["rule"]
                since, until = instant(body["from"]), instant(body.get("to"))
                start = since if body.get("retroactive") else max(since, fact.at)
                # Of two contents for one version the first holds.
                self._versions[body["id"]].setdefault(body["version"], Rule(body, since, start, until))
            elif fact.type == "rule.withdrawn":
                self._withdrawn[fact.body["rule"]].append(fact.at)

    def versions_of(self, rule: str) -> dict[int, Rule]:
        return self._versions[rule]

    def in_force(self, trigger: str, at: datetime) -> list[Rule]:
        """One version at most of each rule, by id."""
        found = []
        for id_, versions in sorted(self._versions.items()):
            ended = [when for when in self._withdrawn.get(id_, []) if when <= at]
            # A withdrawal ends whatever had started by then; what starts later counts.
            started = [
                rule for rule in versions.values() if rule.start <= at and not any(rule.start <= when for when in ended)
            ]
            newest = max(started, key=lambda rule: (rule.since, rule.version), default=None)
            if newest and at < newest.until and newest.body["trigger"] == trigger:
                found.append(newest)
        return found


def matches(rule: Rule, now: Circumstances) -> bool:
    scope = rule.body.get("scope") or {}
    return (
        rule.body["brand"] == now.brand
        and within(scope.get("batches"), now.batch)
        and within(scope.get("skus"), now.sku)
        and within(scope.get("campaigns"), now.campaign)
        and within(scope.get("channels"), now.channel)
        and within(scope.get("storeTiers"), now.store_tier)
        and (not scope.get("regions") or any(contains(region, now.region) for region in scope["regions"]))
    )


def within(allowed: list[str] | None, value: str | None) -> bool:
    return not allowed or value in allowed


def paying(matching: list[Rule]) -> list[Rule]:
    """Every rule without a group, and of each group the most specific; ties to the smaller id."""
    paid: list[Rule] = []
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in matching:
        if rule.body.get("group"):
            groups[rule.body["group"]].append(rule)
        else:
            paid.append(rule)
    for group in groups.values():
        best = max(rule.specificity for rule in group)
        paid.append(min((rule for rule in group if rule.specificity == best), key=lambda rule: rule.id))
    return sorted(paid, key=lambda rule: rule.id)
