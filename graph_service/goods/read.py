"""Fetches what items rest on: one statement for all items and whatever held them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from graph_service.goods.aliases import Aliases, AliasFact
from graph_service.goods.codes import Span, code_of, key_of
from graph_service.goods.containment import CustodyFact, Past, Position, Stay, replay
from graph_service.goods.story import HandOver, ScanOfItem, Story, story_of
from graph_service.graph.driver import Row, Transaction

EVER = (-(2**62), 2**62)
FIRST: Position = (EVER[0], "")
LAST: Position = (EVER[1], "")


@dataclass(frozen=True, slots=True)
class FoundCode:
    """Where a code is in the graph: its run, and the key of its item."""

    run: Span
    item: str


async def find_codes(transaction: Transaction, codes: Iterable[str]) -> Mapping[str, FoundCode]:
    """The items of those codes that some event has named."""
    keys = {key_of(code): code for code in codes}
    return {
        keys[row["key"]]: FoundCode(Span(row["first"], row["last"]), row["item"])
        for row in await transaction.rows_of("goods/find_items", list(keys))
    }


class NamingFact(NamedTuple):
    """A hand-over as the graph has it: it names a run, by the keys of its ends. Times in microseconds."""

    at: int
    event: str
    recorded_at: int
    type: str
    run: str
    last: str
    sender: str | None
    receiver: str | None
    salesperson: str | None
    sku: str | None
    batch: str | None
    level: str | None


class Custody:
    """The facts of custody of some runs and of everything that they were ever packed into.

    Attributes:
        derived: what became of the items as derived so far, by key.
    """

    def __init__(
        self, facts: Iterable[CustodyFact], aliases: Iterable[AliasFact], derived: Mapping[str, Past] | None = None
    ) -> None:
        self.derived = derived or {}
        self._by_run: dict[str, list[CustodyFact]] = defaultdict(list)
        for fact in facts:
            self._by_run[fact.item or fact.container or ""].append(fact)
        self._aliases: dict[str, list[AliasFact]] = defaultdict(list)
        for alias in aliases:
            self._aliases[alias.run].append(alias)
        self._aliased: dict[str, set[str]] = defaultdict(set)
        for aliased in self._aliases.values():
            for alias in aliased:
                self._aliased[alias.event].add(alias.run)

    @property
    def facts(self) -> list[CustodyFact]:
        """All facts."""
        return [fact for facts in self._by_run.values() for fact in facts]

    @cached_property
    def aliases(self) -> Aliases:
        """Which of the runs are one item."""
        return Aliases(alias for aliases in self._aliases.values() for alias in aliases)

    def around(self, run: str) -> "Custody":
        """Only what the past of one run rests on."""
        seen: set[str] = set()
        waiting = [run]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            waiting += [fact.container for fact in self._by_run.get(here, ()) if fact.container is not None]
            waiting += [other for alias in self._aliases.get(here, ()) for other in self._aliased[alias.event]]
        return Custody(
            (fact for one in seen for fact in self._by_run.get(one, ())),
            (alias for one in seen for alias in self._aliases.get(one, ())),
        )

    def known_by(self, instant: int) -> "Custody":
        """The same without what was recorded later."""
        return Custody(
            (fact for fact in self.facts if fact.recorded_at <= instant),
            (alias for aliases in self._aliases.values() for alias in aliases if alias.recorded_at <= instant),
        )

    def replay(self) -> Mapping[str, Past]:
        """What became of the items."""
        return replay(self.facts, self.aliases.item_of)


@dataclass(slots=True)
class Goods:
    """What was fetched of some items and of whatever held them.

    Attributes:
        facts: hand-overs by item.
        stays: by item, as derived.
        scans: by item.
        born: by item, as derived.
        custody: the facts that stays are derived from, where they were asked for.
    """

    facts: dict[str, list[NamingFact]] = field(default_factory=dict)
    stays: dict[str, list[Stay]] = field(default_factory=dict)
    scans: dict[str, list[ScanOfItem]] = field(default_factory=dict)
    born: dict[str, Position] = field(default_factory=dict)
    custody: Custody | None = None

    def cut(self, item: str, whole: str) -> None:
        """Lets an item know what the run does that it is yet to be cut from; scans of that are of other codes."""
        if whole in self.facts:
            self.facts[item], self.stays[item] = self.facts[whole], self.stays[whole]
        if whole in self.born:
            self.born[item] = self.born[whole]

    def receivers(self) -> set[str]:
        """Every party that some fact hands an item to."""
        return {fact.receiver for facts in self.facts.values() for fact in facts if fact.receiver is not None}

    def skus(self) -> set[str]:
        """The products of the items and of what held them."""
        return {fact.sku for facts in self.facts.values() for fact in facts if fact.sku is not None}

    def story(self, item: str, asked: str | None = None) -> Story:
        """The story of an item; `asked` is the code that it was asked about by."""
        facts = _reaching(item, asked, self.facts, self.stays)
        return story_of(facts, self.scans.get(item, ()), asked=asked, first_packing=self.born.get(item))

    def story_known_by(self, instant: int, run: str, item: str, asked: str) -> Story:
        """The story of a code as the log told it at an instant; the facts of custody must have been fetched.

        Raises:
            ValueError: when they were not.
        """
        if self.custody is None:
            raise ValueError("the facts of custody were not fetched")
        early = self.custody.around(run).known_by(instant)
        pasts = early.replay()
        item_of = early.aliases.item_of
        facts: dict[str, list[NamingFact]] = defaultdict(list)
        held_by = {stay.container for past in pasts.values() for stay in past.stays}
        for name in {item, *held_by, *(self.custody.aliases.item_of(container) for container in held_by)}:
            for fact in self.facts.get(name, ()):
                if fact.recorded_at <= instant:
                    facts[item_of(fact.run)].append(fact)
        name = item_of(run)
        scans = [scan for scan in self.scans.get(item, ()) if scan.recorded_at <= instant]
        past = pasts.get(name)
        reaching = _reaching(name, asked, facts, {key: list(one.stays) for key, one in pasts.items()})
        return story_of(reaching, scans, asked=asked, first_packing=past.born if past else None)


def _reaching(
    item: str, asked: str | None, facts: Mapping[str, Sequence[NamingFact]], stays: Mapping[str, Sequence[Stay]]
) -> list[HandOver]:
    """The facts that name an item, or a container while it held the item, directly or through others."""
    reaching: list[HandOver] = []
    waiting: list[tuple[str, Position, Position, int]] = [(item, FIRST, LAST, 0)]
    while waiting:
        here, since, until, depth = waiting.pop()
        named = asked if depth == 0 else None
        reaching += [
            _hand_over(fact, depth, named) for fact in facts.get(here, ()) if since < (fact.at, fact.event) < until
        ]
        for stay in stays.get(here, ()):
            start, end = max(since, stay.since), min(until, stay.until or LAST)
            if start < end:
                waiting.append((stay.container, start, end, depth + 1))
    return reaching


def _hand_over(fact: NamingFact, depth: int, asked: str | None) -> HandOver:
    # A run of several codes is only ever named as such; the fact then names the code that is asked about.
    code = code_of(fact.run) if fact.run == fact.last else asked
    return HandOver(
        fact.at,
        fact.event,
        fact.recorded_at,
        fact.type,
        code,
        depth,
        fact.sender,
        fact.receiver,
        fact.salesperson,
        fact.sku,
        fact.batch,
        fact.level,
    )


async def fetch_goods(transaction: Transaction, items: Iterable[str], *, with_custody: bool = False) -> Goods:
    """Fetches what items rest on.

    Args:
        transaction: to read in.
        items: keys of items.
        with_custody: whether their stories will be asked for as known at an earlier instant.
    """
    asked = set(items)
    goods = Goods()
    holders: set[str] = set()
    if with_custody:
        goods.custody, holders = await fetch_custody(transaction, asked)
    rows = [
        {"item": item, "from": EVER[0], "until": EVER[1], "scans": item in asked} for item in sorted(asked | holders)
    ]
    for row in await transaction.rows_of("goods/item_facts", rows, above=True):
        item = row["item"]
        goods.facts[item] = [NamingFact(*fact) for fact in row["facts"]]
        goods.stays[item] = [stay_of(stay) for stay in row["stays"]]
        if row["scans"]:
            goods.scans[item] = [ScanOfItem(*scan) for scan in row["scans"]]
        if row["born"] is not None:
            goods.born[item] = (row["born"][0], row["born"][1])
    return goods


def stay_of(row: Sequence[Any]) -> Stay:
    """A stay from its columns: container, since, its event, until, its event."""
    container, since, since_event, until, until_event = row
    return Stay(container, (since, since_event), None if until is None else (until, until_event))


async def fetch_custody(transaction: Transaction, items: Iterable[str]) -> tuple[Custody, set[str]]:
    """The facts of custody of items and of all that they were ever packed into, and the keys of the latter."""
    facts: list[CustodyFact] = []
    aliases: list[AliasFact] = []
    asked = set(items)
    done: set[str] = set()
    stored: dict[str, Past] = {}
    waiting = asked
    while waiting:
        done |= waiting
        holders: set[str] = set()
        for row in await transaction.rows_of("goods/custody_facts", sorted(waiting)):
            stored[row["item"]] = _past(row)
            facts += [CustodyFact(*made) for made in row["made"]]
            facts += [CustodyFact(*moved[:6]) for moved in row["moved"]]
            facts += [CustodyFact(*filled) for filled in row["filled"]]
            aliases += [AliasFact(*equated) for equated in row["equated"]]
            holders |= {moved[6] for moved in row["moved"]}
        waiting = holders - done
    return Custody(facts, aliases, stored), done - asked


def _past(row: Row) -> Past:
    """What became of an item, from its columns."""
    return Past(
        None if row["born"] is None else (row["born"][0], row["born"][1]),
        None if row["gone"] is None else (row["gone"][0], row["gone"][1]),
        row["sku"],
        row["batch"],
        row["level"],
        tuple(sorted((stay_of(stay) for stay in row["stays"]), key=lambda stay: stay.since)),
    )
