"""Which item was inside which container, and when each item came to exist and was destroyed.

    (:Run)-[:INSIDE {from, fromEvent, until, untilEvent}]->(:Run)
    (:Run {bornAt, bornBy, goneAt, goneBy, sku, batch, level})

An item is one run of codes, or several codes that are aliases of one thing; it goes by the key of the first of its
runs. The past of an item rests on its own facts and on those of whatever may have held it, so it is replayed from the
facts of all of these in order of time (`events.md`, "Who owns a code" and its small print).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

Position = tuple[int, str]
"""Where a fact stands in time: its `at` in microseconds, then its id."""


@dataclass(frozen=True, slots=True)
class CustodyFact:
    """What an event that makes, packs, unpacks or destroys items says of one of them.

    Attributes:
        at: when it happened, in microseconds.
        event: its id.
        recorded_at: when the log took it, in microseconds.
        type: of the event, as in the contract.
        item: the run that it names; of a packing or unpacking the child, or None where only the container is known.
        container: the run of the parent of a packing or unpacking.
        sku: what a commissioning says; the same for batch and level.
    """

    at: int
    event: str
    recorded_at: int
    type: str
    item: str | None
    container: str | None = None
    sku: str | None = None
    batch: str | None = None
    level: str | None = None

    @property
    def position(self) -> Position:
        """Where it stands in time."""
        return (self.at, self.event)


class Stay(NamedTuple):
    """An item inside a container, from a packing until it left; `until` is None while it is there."""

    container: str
    since: Position
    until: Position | None = None


@dataclass(slots=True)
class Past:
    """What became of an item.

    Attributes:
        born: its first commissioning that counts (of a container that none commissions: its first packing).
        gone: its destruction.
        sku: what its latest commissioning says; the same for batch and level.
        stays: in containers, oldest first.
    """

    born: Position | None = None
    gone: Position | None = None
    sku: str | None = None
    batch: str | None = None
    level: str | None = None
    stays: tuple[Stay, ...] = ()


def replay(facts: Iterable[CustodyFact], item_of: Callable[[str], str]) -> Mapping[str, Past]:
    """The pasts of all items in these facts.

    Right for an item when the facts hold all its own and those of everything that it was ever packed into, upwards.

    Args:
        facts: in any order.
        item_of: the item of a run.
    """
    return _Replay(facts, item_of).pasts


class _Replay:
    def __init__(self, facts: Iterable[CustodyFact], item_of: Callable[[str], str]) -> None:
        self.pasts: dict[str, Past] = defaultdict(Past)
        self._container: dict[str, tuple[str, Position]] = {}
        self._children: dict[str, set[str]] = defaultdict(set)
        self._item_of = item_of
        ordered = sorted(facts, key=lambda fact: fact.position)
        self._commissioned = {
            item_of(fact.item) for fact in ordered if fact.type == "goods.commissioned" and fact.item is not None
        }
        for position, together in groupby(ordered, key=lambda fact: fact.position):
            self._apply(position, list(together))
        for item, (container, since) in self._container.items():
            self.pasts[item].stays += (Stay(container, since),)

    def _apply(self, position: Position, together: list[CustodyFact]) -> None:
        """One event, which may name several items."""
        fact = together[0]
        items = sorted({self._item_of(each.item) for each in together if each.item is not None})
        match fact.type:
            case "goods.commissioned":
                for item in items:
                    self._commission(item, fact)
            case "goods.destroyed":
                self._destroy(items, position)
            case "goods.packed" | "goods.unpacked" if fact.container is not None:
                self._move(fact.type == "goods.packed", items, self._item_of(fact.container), position)

    def _move(self, into: bool, items: list[str], container: str, position: Position) -> None:
        past = self.pasts[container]
        if into and past.born is None and container not in self._commissioned:
            past.born = position
        for item in items:
            if into:
                self._pack(item, container, position)
            elif self._container.get(item, ("",))[0] == container and self._lives(item):
                self._take_out(item, position)

    def _lives(self, item: str) -> bool:
        past = self.pasts[item]
        return past.born is not None and past.gone is None

    def _commission(self, item: str, fact: CustodyFact) -> None:
        past = self.pasts[item]
        if past.gone is None:
            past.born = past.born or fact.position
            past.sku, past.batch, past.level = fact.sku, fact.batch, fact.level

    def _destroy(self, items: list[str], position: Position) -> None:
        for below in {below for item in items for below in self._contents(item)}:
            if self._lives(below):
                self.pasts[below].gone = position

    def _pack(self, item: str, container: str, position: Position) -> None:
        if not (self._lives(item) and self._lives(container)) or item in self._holders(container):
            return
        inside = self._container.get(item)
        if inside is not None:
            if inside[0] == container:
                return
            self._take_out(item, position)
        self._container[item] = (container, position)
        self._children[container].add(item)

    def _take_out(self, item: str, position: Position) -> None:
        container, since = self._container.pop(item)
        self._children[container].discard(item)
        self.pasts[item].stays += (Stay(container, since, position),)

    def _holders(self, item: str) -> Iterator[str]:
        """The item, its container, the container's container…"""
        here: str | None = item
        while here is not None:
            yield here
            here = self._container.get(here, (None,))[0]

    def _contents(self, item: str) -> Iterator[str]:
        """The item and everything inside it."""
        yield item
        for child in self._children[item]:
            yield from self._contents(child)
