"""What follows from facts for the limits of rules: reviews, new members on devices, merges, new limits, settlements."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.intake.rule import accepted_rule
from graph_service.intake.touched import Touched
from graph_service.pending import Question
from graph_service.rebates.business_time import day_of, span_of
from graph_service.rebates.limits import Limits
from graph_service.rebates.periods import end_of
from graph_service.rebates.rulebook import Publication, Rulebook
from graph_service.rebates.tallies import fetch_closings

TIMELESS = frozenset(
    {"party.registered", "product.listed", "code.aliased", "rule.published", "identity.policy", "order.refunded"}
)
"""What may say something of times before it."""

_EVER = 2**62


@dataclass(slots=True)
class LimitReach:
    """What has to be derived anew because of limits.

    Attributes:
        triggers: events to decide on.
        devices: devices with business days on which other members may be new now.
        accounts: whose caps count together with others now.
        rules: whose reservations are counted again from the beginning.
        renewed: that have other kinds of limits now, so that what was counted of them counts no more.
    """

    triggers: set[str] = field(default_factory=set)
    devices: set[tuple[str, str]] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    renewed: set[str] = field(default_factory=set)

    def questions(self) -> list[Question]:
        """Where the events are found whose decisions may change."""
        rows: list[Row] = []
        for device, day in sorted(self.devices):
            begin, end = span_of(day)
            rows.append({"device": device, "from": begin, "to": end})
        return [
            ("rebates/triggers_on_devices", rows),
            ("rebates/triggers_by_capped_accounts", [{"account": account} for account in sorted(self.accounts)]),
        ]


async def reach_limits(
    transaction: Transaction,
    facts: Sequence[Touched],
    moved: Collection[str],
    rules: Rulebook,
    clock_before: int | None,
) -> LimitReach:
    """What facts change for limits.

    Args:
        transaction: to read; members are derived.
        facts: that came, or went by a void.
        moved: identifiers that belong to another member now, or were first seen at another time.
        rules: all rules.
        clock_before: the log's clock before these facts.
    """
    reach = LimitReach()
    reviews = sorted(fact.event for fact in facts if fact.type == "hold.reviewed")
    reach.triggers |= {row["trigger"] for row in await transaction.rows_of("rebates/triggers_of_reviews", reviews)}
    if rules.counts_new_members:
        shown = await transaction.rows_of("rebates/devices_of_events", sorted(fact.event for fact in facts))
        shown += await transaction.rows_of("rebates/devices_of_identifiers", sorted(moved))
        reach.devices = {(row["device"], day_of(row["at"])) for row in shown}
    if rules.caps_payees:
        reach.accounts = set(moved)
    if rules.periodic:
        reach.triggers |= await _closings(transaction, facts, moved)
    reach.renewed = renewed(facts, rules)
    closed = [fact for fact in facts if fact.type == "period.closed"]
    if closed and not await _come_last(transaction, closed, clock_before):
        reach.rules |= {rule for rule in rules.ids if _limits_now(rule, rules)}
    return reach


async def _closings(transaction: Transaction, facts: Sequence[Touched], moved: Collection[str]) -> set[str]:
    """The closings of months whose measures facts, or who is who, may change."""
    rows = await transaction.run("rebates/closings")
    if not rows:
        return set()
    seen = await transaction.rows_of("rebates/first_sight", sorted(moved))
    since = [row["at"] for row in seen if row["at"] is not None]
    since += [-_EVER if fact.type in TIMELESS else fact.at for fact in facts]
    return {row["event"] for row in rows if since and min(since) < end_of(row["period"])}


def renewed(facts: Sequence[Touched], rules: Rulebook) -> set[str]:
    """The rules of which publications, that came or went, change what kinds of limits they have."""
    return {rule for rule in _rules_in(facts) if _limits_before(rule, facts, rules) != _limits_now(rule, rules)}


def _rules_in(facts: Iterable[Touched]) -> set[str]:
    said = [json.loads(fact.body or "{}")["rule"] for fact in facts if fact.type == "rule.published"]
    return {rule["id"] for rule in said}


def _limits_now(rule: str, rules: Rulebook) -> str:
    limits = rules.limits_of(rule)
    return limits.fingerprint if limits is not None else ""


def _limits_before(rule: str, facts: Sequence[Touched], rules: Rulebook) -> str:
    """What the limits of a rule were before facts came, or went."""
    touched = {fact.event: fact for fact in facts if fact.type == "rule.published"}
    before = [one for one in rules.publications_of(rule) if one.event not in touched]
    for fact in touched.values():
        content = accepted_rule(json.loads(fact.body or "{}")["rule"])
        if fact.voided and content.id == rule:
            before.append(Publication(content, fact.at, fact.event))
    return Limits({one.rule.version: one.rule for one in before}).fingerprint


async def _come_last(transaction: Transaction, closed: Sequence[Touched], clock_before: int | None) -> bool:
    """Whether closings were recorded behind everything else, so that the order of reservations stays."""
    if any(fact.voided for fact in closed):
        return False
    events = {fact.event for fact in closed}
    recorded = [recorded_at for recorded_at, _, event, _ in (await fetch_closings(transaction)).all if event in events]
    return clock_before is None or (bool(recorded) and min(recorded) >= clock_before)
