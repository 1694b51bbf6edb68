"""Derives decisions: fetches what triggers rest on, decides, writes what came out different, and books it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph_service.channel.read import fetch_channel
from graph_service.channel.view import ChannelView
from graph_service.goods.codes import Span
from graph_service.goods.read import Goods, fetch_goods
from graph_service.graph.driver import Row, Transaction
from graph_service.intake.rule import accepted_rule
from graph_service.rebates.chain import Books, open_books
from graph_service.rebates.decision import Decision
from graph_service.rebates.funding import Borne, bearers_of, fillers
from graph_service.rebates.journal import book, bookings, is_settled, standing
from graph_service.rebates.questions import RebateLine, line_of
from graph_service.rebates.receipts import ReceiptOutcome, ReceiptTrigger, ReceivedItem, decide_receipt
from graph_service.rebates.rulebook import Publication, Rulebook, Withdrawal
from graph_service.rebates.scans import Knowledge, ScanOutcome, ScanTrigger, decide_scan

RestsOn = tuple[str, str, str]
"""Event, relation, party."""


@dataclass(slots=True)
class Derived:
    """What the facts say about some triggers.

    Attributes:
        triggers: at and recordedAt of those in force, by id, in microseconds.
        scans: outcomes of scans, by id.
        receipts: outcomes of receipts, by id.
    """

    triggers: dict[str, tuple[int, int]] = field(default_factory=dict)
    scans: dict[str, ScanOutcome] = field(default_factory=dict)
    receipts: dict[str, ReceiptOutcome] = field(default_factory=dict)

    @property
    def decisions(self) -> list[Decision]:
        """All decisions."""
        of_scans = [decision for outcome in self.scans.values() for decision, _ in outcome.decisions]
        return of_scans + [decision for outcome in self.receipts.values() for decision, _ in outcome.decisions]

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
        return {"DISTRIBUTOR": distributors[0]} if distributors else {}

    @property
    def rests_on(self) -> set[RestsOn]:
        """The parties that decisions on scans rest on."""
        owned = {(event, "OWNED_BY", party) for event, outcome in self.scans.items() for party in outcome.owners}
        return owned | {
            (event, "CAME_THROUGH", party) for event, outcome in self.scans.items() for party in outcome.distributors
        }


async def fetch_rulebook(transaction: Transaction) -> Rulebook:
    """All rules of all brands."""
    publications: list[Publication] = []
    withdrawals: list[Withdrawal] = []
    for row in await transaction.run("rebates/rules"):
        if row["type"] == "rule.withdrawn":
            withdrawals.append(Withdrawal(row["rule"], row["at"]))
        else:
            rule = accepted_rule(json.loads(row["body"])["rule"])
            publications.append(Publication(rule, row["at"], row["event"]))
    return Rulebook(publications, withdrawals)


async def evaluate(transaction: Transaction, triggers: Iterable[str], rules: Rulebook, clock: int) -> Derived:
    """Decides on triggers as the facts in the graph say, and writes nothing."""
    named: dict[str, list[Row]] = defaultdict(list)
    for row in await transaction.rows_of("rebates/triggers", sorted(set(triggers))):
        if not row["voided"]:
            named[row["event"]].append(row)
    rows = [row for together in named.values() for row in together]
    late_binding = rules.binds_late("CONSUMER_SCAN")
    goods = await fetch_goods(transaction, {row["item"] for row in rows}, with_custody=late_binding)
    channel = await fetch_channel(
        transaction,
        parties=goods.receivers() | {row["party"] for row in rows if row["party"] is not None},
        promo_codes={row["promoCode"] for row in rows if row["promoCode"] is not None},
        skus=goods.skus(),
    )
    derived = Derived({event: (together[0]["at"], together[0]["recordedAt"]) for event, together in named.items()})
    for event, together in named.items():
        if together[0]["type"] == "goods.scanned":
            derived.scans[event] = _scan(together[0], goods, channel, rules, clock)
        else:
            derived.receipts[event] = decide_receipt(_receipt(together, goods), channel, rules)
    return derived


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


async def derive_decisions(
    transaction: Transaction, triggers: Iterable[str], rules: Rulebook, clock: int
) -> list[RebateLine]:
    """Brings the decisions on triggers, and the journal, to what the facts say.

    Returns:
        the decisions that are new or changed.
    """
    comparison = await compare(transaction, triggers, rules, clock)
    stored, changed = comparison.stored, comparison.changed
    await transaction.rows_of("rebates/delete_decisions", comparison.gone)
    await transaction.rows_of("rebates/change_decisions", [row for row in changed if row["id"] in stored])
    await _write(transaction, [row for row in changed if row["id"] not in stored])
    await _tie(transaction, comparison.untied, comparison.tied)
    await book(transaction, comparison.books, comparison.entries)
    return [line_of(row) for row in changed]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the facts say about triggers beside what the graph holds.

    Attributes:
        wanted: decisions by id.
        stored: decisions in the graph, as properties, by id.
        changed: decisions that are new or different, as properties.
        gone: ids of decisions that no longer follow.
        tied: what decisions newly rest on.
        untied: what they rest on no longer.
        entries: what the journal lacks, as properties.
        books: where the journal stands without them.
    """

    wanted: Mapping[str, Decision]
    stored: Mapping[str, Row]
    changed: list[Row]
    gone: list[str]
    tied: set[RestsOn]
    untied: set[RestsOn]
    entries: list[Row]
    books: Books

    @property
    def differences(self) -> list[str]:
        """What differs, in words."""
        return [
            *(f"decision {row['id']} on {row['trigger']}" for row in self.changed),
            *(f"decision {key}, which no longer follows" for key in self.gone),
            *(f"party that {event} rests on" for event, _, _ in sorted(self.tied | self.untied)),
            *(f"entry {entry['id']} in the journal" for entry in self.entries),
        ]


async def compare(transaction: Transaction, triggers: Iterable[str], rules: Rulebook, clock: int) -> Comparison:
    """Decides on triggers and compares with the graph; writes nothing."""
    asked = sorted(set(triggers))
    derived = await evaluate(transaction, asked, rules, clock)
    stands = await transaction.rows_of("rebates/standing", asked)
    stored = {row["id"]: row for standing in stands for row in standing["decisions"]}
    wanted = {decision.id: decision for decision in derived.decisions}
    rows = {key: decision_row(decision, *derived.triggers[decision.trigger]) for key, decision in wanted.items()}
    ties = {(row["trigger"], relation, party) for row in stands for relation, party in row["restsOn"]}
    booked = standing([entry for row in stands for entry in row["entries"]])
    times = {event: at for event, (at, _) in derived.triggers.items()}
    books = await open_books(transaction)
    for key, decision in wanted.items():
        if decision.status == "ACCRUED" and is_settled(decision, booked, books.closings, times[decision.trigger]):
            rows[key]["status"] = "SETTLED"
    return Comparison(
        wanted=wanted,
        stored=stored,
        changed=[row for key, row in rows.items() if stored.get(key) != row],
        gone=sorted(stored.keys() - rows.keys()),
        tied=derived.rests_on - ties,
        untied=ties - derived.rests_on,
        entries=bookings(
            list(wanted.values()), booked, times, bearers=_bearers(derived, wanted.values(), rules), books=books
        ),
        books=books,
    )


async def _write(transaction: Transaction, rows: Iterable[Row]) -> None:
    by_trigger: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        payee = "account" if row["role"] == "CONSUMER" else "party"
        by_trigger[row["trigger"]].append({"properties": row, payee: row.get("payee")})
    await transaction.rows_of(
        "rebates/write_decisions",
        [{"trigger": trigger, "decisions": decisions} for trigger, decisions in by_trigger.items()],
    )


async def _tie(transaction: Transaction, untied: set[RestsOn], tied: set[RestsOn]) -> None:
    for statement, ties in (("rebates/delete_resting_on", untied), ("rebates/write_resting_on", tied)):
        rows = [{"event": event, "relation": relation, "party": party} for event, relation, party in sorted(ties)]
        await transaction.rows_of(statement, rows)


def _bearers(derived: Derived, decisions: Iterable[Decision], rules: Rulebook) -> Callable[[Decision], Borne]:
    """Who bears what decisions pay, by their rules and by who fills which role at their triggers."""
    of_trigger: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        of_trigger[one.trigger].append(one)

    def bearers(decision: Decision) -> Borne:
        rule = rules.version_of(decision.rule, decision.version).rule
        if rule.funding is None:
            return bearers_of(rule, {})
        return bearers_of(rule, derived.fillers(decision.trigger) | fillers(of_trigger[decision.trigger]))

    return bearers


def decision_row(decision: Decision, at: int, recorded_at: int) -> Row:
    """A decision as properties; it is decided when its trigger is recorded, so that a rebuild says the same."""
    row = {
        "id": decision.id,
        "rule": decision.rule,
        "version": decision.version,
        "trigger": decision.trigger,
        "role": decision.role,
        "payee": decision.payee,
        "status": decision.status,
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "reason": decision.reason,
        "at": at,
        "decidedAt": recorded_at,
        "due": decision.due,
        "cause": decision.cause,
    }
    return {key: value for key, value in row.items() if value is not None}
