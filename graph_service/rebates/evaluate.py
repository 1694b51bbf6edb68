"""What the facts say about triggers before limits: fetched once for all of them, decided by pure functions."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

from graph_service.ahead import fetched_ahead, parts_of
from graph_service.channel.kept import KeptChannel
from graph_service.channel.view import ChannelView
from graph_service.goods.codes import Span
from graph_service.goods.read import Goods, fetch_goods
from graph_service.goods.unwritten import Unwritten
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.rule import accepted_rule
from graph_service.rebates.chain import Books
from graph_service.rebates.decision import Decision
from graph_service.rebates.holds import Suspect
from graph_service.rebates.measures import fetch_counts
from graph_service.rebates.period_rules import Month, PeriodOutcome, decide_closing
from graph_service.rebates.receipts import ReceiptOutcome, ReceiptTrigger, ReceivedItem, decide_receipt
from graph_service.rebates.roles import TradeOutcome
from graph_service.rebates.rulebook import Publication, Rulebook, Withdrawal
from graph_service.rebates.scans import Knowledge, ScanOutcome, ScanTrigger, decide_scan
from graph_service.rebates.trade import TRADE_TYPES, evaluate_trade

AT_ONCE = 100
"""Triggers that are decided on while what the next ones rest on is fetched."""

_WITHOUT_PAUSE = 5

RestsOn = tuple[str, str, str]
"""Event, relation, party."""


@dataclass(slots=True)
class Derived:
    """What the facts say about some triggers.

    Attributes:
        triggers: at and recordedAt of those in force, by id, in microseconds.
        scans: outcomes of scans, by id.
        receipts: outcomes of receipts, by id.
        closings: outcomes of the closing of months, by id.
        trade: outcomes of redemptions, registrations and orders, by id.
    """

    triggers: dict[str, tuple[int, int]] = field(default_factory=dict)
    scans: dict[str, ScanOutcome] = field(default_factory=dict)
    receipts: dict[str, ReceiptOutcome] = field(default_factory=dict)
    closings: dict[str, PeriodOutcome] = field(default_factory=dict)
    trade: dict[str, TradeOutcome] = field(default_factory=dict)

    def __or__(self, other: "Derived") -> "Derived":
        """What the facts say about the triggers of both."""
        return Derived(
            self.triggers | other.triggers,
            self.scans | other.scans,
            self.receipts | other.receipts,
            self.closings | other.closings,
            self.trade | other.trade,
        )

    @property
    def decisions(self) -> list[Decision]:
        """All decisions."""
        of_scans = [decision for outcome in self.scans.values() for decision, _ in outcome.decisions]
        of_receipts = [decision for outcome in self.receipts.values() for decision, _ in outcome.decisions]
        of_closings = [decision for outcome in self.closings.values() for decision, _ in outcome.decisions]
        of_trade = [decision for outcome in self.trade.values() for decision, _ in outcome.decisions]
        return of_scans + of_receipts + of_closings + of_trade

    def fillers(self, trigger: str) -> dict[str, str]:
        """Who fills roles at a trigger besides those whom decisions name: its distributor."""
        ways = (
            [case.way for _, cases in self.receipts[trigger].decisions for case in cases]
            if trigger in self.receipts
            else []
        )
        if trigger in self.scans:
            ways.append(self.scans[trigger].at_scan.way)
        distributors = [way.distributor for way in ways if way.distributor is not None]
        if trigger in self.trade and self.trade[trigger].distributor is not None:
            distributors.append(str(self.trade[trigger].distributor))
        return {"DISTRIBUTOR": distributors[0]} if distributors else {}

    @property
    def rests_on(self) -> set[RestsOn]:
        """The parties that decisions on scans, and on what happens in trade, rest on."""
        owned = {(event, "OWNED_BY", party) for event, outcome in self.scans.items() for party in outcome.owners}
        came = {(event, "CAME_THROUGH", party) for event, one in self.scans.items() for party in one.distributors}
        scanned = {
            (event, "SCANNED_AT", one.at_scan.store)
            for event, one in self.scans.items()
            if one.scan.device is not None and one.at_scan.store is not None
        }
        passed = {(event, "RESTS_ON", party) for event, one in self.trade.items() for party in one.rests_on}
        return owned | came | scanned | passed

    @property
    def suspects(self) -> dict[str, Suspect]:
        """The events that a rule may hold."""
        found = {event: Suspect(event, at) for event, (at, _) in self.triggers.items()}
        for event, one in self.scans.items():
            found[event] = Suspect(event, one.scan.at, one.scan.device, one.at_scan.store, one.scan.account)
        for event, trade in self.trade.items():
            found[event] = Suspect(event, trade.trigger["at"], account=trade.trigger["account"])
        return found


_kept: dict[str, Rulebook] = {}


async def fetch_rulebook(transaction: Transaction, stamp: str | None = None) -> Rulebook:
    """All rules of all brands.

    Args:
        transaction: to read in.
        stamp: of the rules as they are now (`Log.rules_stamp`); what was read under it is not read again.
    """
    if stamp is None:
        return await _fetch_rulebook(transaction)
    if stamp not in _kept:
        rules = await _fetch_rulebook(transaction)
        _kept.clear()
        _kept[stamp] = rules
    return _kept[stamp]


async def stamp_rules(transaction: Transaction) -> None:
    """Tells everyone that rules came or went; the caller holds the intake's lock."""
    await transaction.run("rebates/stamp_rules")


async def _fetch_rulebook(transaction: Transaction) -> Rulebook:
    publications: list[Publication] = []
    withdrawals: list[Withdrawal] = []
    for row in await transaction.run("rebates/rules"):
        if row["type"] == "rule.withdrawn":
            withdrawals.append(Withdrawal(row["rule"], row["at"]))
        else:
            publications.append(_publication(row["body"], row["at"], row["event"]))
    return Rulebook(publications, withdrawals)


@lru_cache(maxsize=4_096)
def _publication(body: str, at: int, event: str) -> Publication:
    """A publication, parsed once: every batch asks for all of them."""
    return Publication(accepted_rule(json.loads(body)["rule"]), at, event)


@dataclass(slots=True)
class Evidence:
    """What scans, receipts, closings and events of trade rest on.

    Attributes:
        named: scans and receipts in force by id, each as rows by the runs that it names.
        goods: that these name.
        channel: around these.
        of_type: ids of all events by type.
    """

    named: Mapping[str, list[Row]]
    goods: Goods
    channel: ChannelView
    of_type: Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What the facts say about exactly these triggers."""

    triggers: Set[str]
    derived: Derived


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be read again by whoever holds the intake's lock.

    Attributes:
        channel: what is kept of it.
        scans: those that are new in the log and in force, by id, as `rebates/triggers` would tell them.
        evaluated: what the facts say about some triggers, and which, where that was asked before.
        unwritten: of the scans, those that the graph does not know yet.
        books: how the journal stands; None where something may have been booked or settled since that was asked.
    """

    channel: KeptChannel = field(default_factory=KeptChannel)
    scans: Mapping[str, Row] = field(default_factory=dict)
    evaluated: Evaluated | None = None
    unwritten: Unwritten | None = None
    books: Books | None = None


async def evaluate(
    transaction: Transaction, triggers: Collection[str], rules: Rulebook, clock: int, known: Known | None = None
) -> Derived:
    """Decides on triggers as the facts in the graph say, and writes nothing."""
    known = known or Known()
    before = known.evaluated
    if before is not None and before.triggers <= set(triggers):
        rest = set(triggers) - before.triggers
        known = replace(known, evaluated=None)
        return before.derived | await evaluate(transaction, rest, rules, clock, known) if rest else before.derived

    async def fetch(part: Sequence[str]) -> Evidence:
        return await _fetch_evidence(transaction, part, rules, known)

    derived = Derived()
    of_type: dict[str, set[str]] = defaultdict(set)
    async with contextlib.aclosing(fetched_ahead(parts_of(sorted(set(triggers)), AT_ONCE), fetch)) as parts:
        async for evidence in parts:
            for kind, events in evidence.of_type.items():
                of_type[kind] |= events
            await _decide(evidence, rules, clock, derived)
    await _evaluate_closings(transaction, of_type["period.closed"], rules, derived)
    in_trade = {event for kind in TRADE_TYPES for event in of_type[kind]}
    traded, derived.trade = await evaluate_trade(transaction, in_trade, rules)
    derived.triggers |= {row["event"]: (row["at"], row["recordedAt"]) for row in traded}
    return derived


async def _fetch_evidence(transaction: Transaction, triggers: Sequence[str], rules: Rulebook, known: Known) -> Evidence:
    named: dict[str, list[Row]] = defaultdict(list)
    of_type: dict[str, set[str]] = defaultdict(set)
    told = [known.scans[event] for event in triggers if event in known.scans]
    asked = [event for event in triggers if event not in known.scans]
    for row in (*told, *await transaction.rows_of("rebates/triggers", asked)):
        of_type[row["type"]].add(row["event"])
        if row["run"] is not None and not row["voided"]:
            named[row["event"]].append(row)
    rows = [row for together in named.values() for row in together]
    late_binding = rules.binds_late("CONSUMER_SCAN")
    fetch = fetch_goods if known.unwritten is None else known.unwritten.fetch_goods
    goods = await fetch(transaction, {row["item"] for row in rows}, with_custody=late_binding)
    channel = await known.channel.around(
        transaction,
        parties=goods.receivers() | {row["party"] for row in rows if row["party"] is not None},
        promo_codes={row["promoCode"] for row in rows if row["promoCode"] is not None},
        skus=goods.skus(),
    )
    return Evidence(named, goods, channel, of_type)


async def _decide(evidence: Evidence, rules: Rulebook, clock: int, derived: Derived) -> None:
    """Decides on scans and receipts."""
    goods, channel = evidence.goods, evidence.channel
    for number, (event, together) in enumerate(evidence.named.items()):
        if number % _WITHOUT_PAUSE == 0:
            await asyncio.sleep(0)
        derived.triggers[event] = (together[0]["at"], together[0]["recordedAt"])
        if together[0]["type"] == "goods.scanned":
            derived.scans[event] = _scan(together[0], goods, channel, rules, clock)
        else:
            derived.receipts[event] = decide_receipt(_receipt(together, goods), channel, rules)


async def _evaluate_closings(
    transaction: Transaction, triggers: Collection[str], rules: Rulebook, derived: Derived
) -> None:
    rows = await transaction.rows_of("rebates/closings_named", sorted(set(triggers)))
    if not rows:
        return
    closed = (Month(row["event"], row["at"], row["period"]) for row in await transaction.run("rebates/closings"))
    closings = sorted(closed, key=lambda one: (one.at, one.event))
    years = {row["period"][:4] for row in rows}
    # No period is longer than a year.
    counts = await fetch_counts(transaction, [one for one in closings if one.period[:4] in years], rules)
    for row in rows:
        derived.triggers[row["event"]] = (row["at"], row["recordedAt"])
        number = next(number for number, one in enumerate(closings) if one.event == row["event"])
        derived.closings[row["event"]] = decide_closing(closings[number], closings[:number], counts, rules)


def _scan(row: Row, goods: Goods, channel: ChannelView, rules: Rulebook, clock: int) -> ScanOutcome:
    trigger = ScanTrigger(
        row["event"],
        row["at"],
        row["recordedAt"],
        row["account"],
        row["promoCode"],
        row["region"],
        row["channel"],
        row["campaign"],
        row["device"],
    )
    everything = Knowledge(goods.story(row["item"], row["code"]), channel)

    def known_by(instant: int | None) -> Knowledge:
        if instant is None:
            return everything
        story = goods.story_known_by(instant, row["run"], row["item"], row["code"])
        return Knowledge(story, channel.known_by(instant))

    return decide_scan(trigger, known_by, rules, clock)


def _receipt(rows: Sequence[Row], goods: Goods) -> ReceiptTrigger:
    counts: dict[str, int] = {}
    for row in rows:
        # Aliases are one code; a run of several codes is never an alias.
        counts[row["item"]] = Span(row["run"], row["last"]).count
    items = tuple(ReceivedItem(item, goods.story(item), count) for item, count in sorted(counts.items()))
    return ReceiptTrigger(rows[0]["event"], rows[0]["at"], rows[0]["party"], items)
