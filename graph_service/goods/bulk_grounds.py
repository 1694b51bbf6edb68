"""What the items of many codes rest on, fetched run by run and kept while a job asks about more.

Codes of one run rest on the same, and so do the runs of one carton: the graph sends them together, as one *ground*.
Only scans are each run's own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from graph_service.goods.bulk_keys import spans_over
from graph_service.goods.codes import Span
from graph_service.goods.containment import Position, Stay
from graph_service.goods.read import EVER, NamingFact, stay_of
from graph_service.goods.story import ScanOfItem
from graph_service.graph.driver import Row, Transaction

_KEYS_AT_ONCE = 10_000
_ITEMS_AT_ONCE = 2_000
_WIDEST_GAP = 1_000
_SAMPLE = 50


@dataclass(slots=True, eq=False)
class Ground:
    """What an item, or several items alike, rest on.

    Attributes:
        item: its name, where it has several runs; None where it is one run.
        born: when it came to exist, as derived.
        named: events that name it.
        stays: in containers, oldest first.
        facts: the events in force that name it, oldest first; None until they are needed. Where they name a run that
            is alone, `run` and `last` are empty.
    """

    item: str | None
    born: Position | None
    named: tuple[str, ...]
    stays: tuple[Stay, ...]
    facts: tuple[NamingFact, ...] | None = None

    @property
    def known_facts(self) -> tuple[NamingFact, ...]:
        """The facts.

        Raises:
            ValueError: when they were not fetched.
        """
        if self.facts is None:
            raise ValueError("the facts were not fetched")
        return self.facts


class Found(NamedTuple):
    """Asked keys in a row, from one place to before another, that are in one run; its first key."""

    start: int
    stop: int
    run: str


class Grounds:
    """Runs and what they rest on, as far as they are known."""

    def __init__(self) -> None:
        self._lasts: dict[str, str] = {}
        self._grounds: dict[str, Ground] = {}
        self._items: dict[str, Ground] = {}
        self._scans: dict[str, tuple[ScanOfItem, ...]] = {}
        self._facts: dict[str, NamingFact | None] = {}
        self._climbed: set[str] = set()
        self._firsts: list[str] = []
        self._gap = 1

    def __len__(self) -> int:
        return len(self._lasts)

    def of(self, run: str) -> Ground | None:
        """What the item of a run rests on; None for a run that is not known."""
        ground = self._grounds.get(run)
        return self._items[ground.item] if ground is not None and ground.item in self._items else ground

    def own(self, run: str) -> Ground:
        """The ground that a known run came with; of an item of several runs it says no more than which item it is."""
        return self._grounds[run]

    def scans_of(self, run: str) -> tuple[ScanOfItem, ...]:
        """The scans of the item of a known run, oldest first."""
        return self._scans.get(self._grounds[run].item or run, ())

    def last(self, run: str) -> str:
        """The key of the last code of a known run."""
        return self._lasts[run]

    def runs_in_order(self) -> list[str]:
        """The keys of the known runs, in order: a list that stays as it is when others are learnt."""
        if len(self._firsts) < len(self._lasts):
            # What is in order already is left alone, so this takes no longer than the new ones do.
            self._firsts = sorted([*self._firsts, *islice(self._lasts, len(self._firsts), None)])
        return self._firsts

    def runs_of(self, firsts: Sequence[str], keys: Sequence[str]) -> tuple[list[Found], list[tuple[int, int]]]:
        """Where keys are; another thread may learn further runs meanwhile.

        Args:
            firsts: known runs, in order.
            keys: in order.

        Returns:
            the runs of the keys, as far as they are among these, and where the other keys begin and end.
        """
        found: list[Found] = []
        others: list[tuple[int, int]] = []
        lasts = self._lasts
        place = before = 0
        while place < len(keys):
            start, before = place, bisect_right(firsts, keys[place], before)
            place = bisect_right(keys, lasts[firsts[before - 1]], place) if before else place
            if place > start:
                found.append(Found(start, place, firsts[before - 1]))
            else:
                place = bisect_left(keys, firsts[before], place) if before < len(firsts) else len(keys)
                others.append((start, place))
        return found, others

    async def fetch_runs(self, transaction: Transaction, keys: Any) -> None:
        """Fetches the runs of a column of keys that are in order."""
        # A seek is cheaper than a run that nobody asked about: gaps are bridged as far as one run may reach.
        for rows in _parts(spans_over(keys, self._gap, _KEYS_AT_ONCE)):
            for row in await transaction.rows_of("goods/grounds", rows):
                ground = _ground(row)
                for first, last, scans in row["runs"]:
                    # What came along again stays what it was: it may be completed, and stories rest on it.
                    if first not in self._lasts:
                        self._lasts[first] = last
                        self._grounds[first] = ground
                        if scans and ground.item is None:
                            self._scans[first] = _scans(scans)
        sample = [Span(first, self._lasts[first]).count for first in islice(self._lasts, _SAMPLE)]
        self._gap = min(_WIDEST_GAP, max([1, *sample]))

    async def complete(self, transaction: Transaction, runs: Iterable[str]) -> None:
        """Fetches what stories of known runs need: facts, and those of all that ever held them."""
        level = set(runs)
        visited: list[Ground] = []
        climbed: set[str] = set()
        while level:
            await self._fetch_items(transaction, level)
            grounds = {id(ground): ground for run in level if (ground := self.of(run)) is not None}
            visited += grounds.values()
            held_by = {stay.container for ground in grounds.values() for stay in ground.stays}
            level = {run for run in held_by if run not in self._climbed and run not in climbed}
            missing = sorted(run for run in level if run not in self._lasts)
            if missing:
                await self.fetch_runs(transaction, pa.array(missing, pa.string()))
            climbed |= level
        await self._fetch_facts(transaction, [ground for ground in visited if ground.facts is None])
        # Not before all is there: what fails for a reason that passes is tried again.
        self._climbed |= climbed

    async def _fetch_items(self, transaction: Transaction, runs: Iterable[str]) -> None:
        """Items of several runs are fetched by their names; there are few."""
        named = {ground.item for run in runs if (ground := self._grounds.get(run)) and ground.item is not None}
        missing = iter(sorted(item for item in named if item not in self._items))
        while part := list(islice(missing, _ITEMS_AT_ONCE)):
            rows = [{"item": item, "from": EVER[0], "until": EVER[1], "scans": True} for item in part]
            for row in await transaction.rows_of("goods/item_facts", rows, above=False):
                facts = sorted(NamingFact(*fact) for fact in row["facts"])
                self._items[row["item"]] = Ground(row["item"], _position(row["born"]), (), _stays(row), tuple(facts))
                self._scans[row["item"]] = _scans(row["scans"])

    async def _fetch_facts(self, transaction: Transaction, grounds: Sequence[Ground]) -> None:
        named = {event for ground in grounds for event in ground.named}
        missing = iter(sorted(event for event in named if event not in self._facts))
        while part := list(islice(missing, _KEYS_AT_ONCE)):
            rows = await transaction.rows_of("goods/hand_overs", part)
            # What is not in force is not told.
            self._facts |= dict.fromkeys(part)
            self._facts |= {row["event"]: _fact(row) for row in rows}
        # Most items are named by what names many others, too.
        of_events: dict[tuple[str, ...], tuple[NamingFact, ...]] = {}
        for ground in grounds:
            ground.facts = of_events.get(ground.named)
            if ground.facts is None:
                facts = [fact for event in ground.named if (fact := self._facts[event]) is not None]
                ground.facts = of_events[ground.named] = tuple(sorted(facts, key=_place))


def _parts(spans: Iterable[tuple[Row, int]]) -> Iterator[list[Row]]:
    """Rows for one statement after another, none of which holds many more keys than are fetched at once."""
    rows: list[Row] = []
    held = 0
    for row, count in spans:
        rows.append(row)
        held += count
        if held >= _KEYS_AT_ONCE:
            yield rows
            rows, held = [], 0
    if rows:
        yield rows


def _ground(row: Row) -> Ground:
    return Ground(row["item"], _position(row["born"]), tuple(row["named"]), _stays(row))


def _stays(row: Row) -> tuple[Stay, ...]:
    return tuple(sorted(map(stay_of, row["stays"]), key=lambda stay: stay.since)) if row["stays"] else ()


def _scans(rows: Iterable[Sequence[Any]]) -> tuple[ScanOfItem, ...]:
    return tuple(sorted((ScanOfItem(*scan) for scan in rows), key=lambda scan: scan.position))


def _position(born: Sequence[Any] | None) -> Position | None:
    return None if born is None else (born[0], born[1])


def _place(fact: NamingFact) -> Position:
    return (fact.at, fact.event)


def _fact(row: Row) -> NamingFact:
    return NamingFact(
        row["at"],
        row["event"],
        row["recordedAt"],
        row["type"],
        "",
        "",
        row["sender"],
        row["receiver"],
        row["salesperson"],
        row["sku"],
        row["batch"],
        row["level"],
    )
