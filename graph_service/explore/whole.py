"""The whole graph, a page at a time, so that memory stays flat however large it is.

Relations come before nodes: events that arrive meanwhile may add nodes, and hardly ever take one away, so that the
ends of what was told are among the nodes that are told later.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from neo4j import Bookmarks

from graph_service.explore.elements import Edge, Node, Window
from graph_service.explore.fetch import (
    batches,
    belongings,
    links,
    nodes_of_identifiers,
    nodes_of_items,
    nodes_of_members,
    nodes_of_parties,
    relations_of_events,
    stays,
)
from graph_service.explore.relations import BELONGS_TO, INSIDE, LINKS, event_types
from graph_service.graph.driver import Graph, Row, Transaction

Answer = TypeVar("Answer")

KEYS_AT_ONCE = 2_000
_NO_LIMIT = 2**62


@dataclass(frozen=True, slots=True)
class Page:
    """The next relations or nodes.

    Attributes:
        share: how much of the graph has been told with it, about, from 0 to 1.
        edges: relations, sorted.
        nodes: in the order of the graph's index.
    """

    share: float
    edges: Sequence[Edge] = ()
    nodes: Sequence[Node] = ()


async def size(graph: Graph) -> dict[str, int]:
    """How many nodes of each sort there are, and how many events."""
    rows = await graph.read(lambda transaction: transaction.run("explore/size"))
    return {row["sort"]: row["number"] for row in rows}


async def whole(
    graph: Graph, window: Window, relations: Collection[str], bookmarks: Bookmarks | None = None
) -> AsyncIterator[Page]:
    """All relations of these kinds, of a time, and then all nodes."""
    walk = _Walk(graph, window, relations, sum((await size(graph)).values()), bookmarks or graph.latest_bookmarks())
    async for page in walk.pages():
        yield page


class _Walk:
    def __init__(
        self, graph: Graph, window: Window, relations: Collection[str], total: int, bookmarks: Bookmarks
    ) -> None:
        self._graph = graph
        self._bookmarks = bookmarks
        self._window = window
        self._relations = relations
        self._linking = set(LINKS) & set(relations)
        # Nodes are gone through twice, once for the relations at them.
        self._total = 2 * total + 1
        self._done = 0

    async def pages(self) -> AsyncIterator[Page]:
        """Relations by where they are found, then nodes."""
        ways: tuple[tuple[bool, str, Callable[[Transaction, list[str]], Awaitable[list[Edge]]]], ...] = (
            (bool(self._linking), "rederive/parties", self._links),
            (INSIDE in self._relations, "rederive/runs", self._stays),
            (BELONGS_TO in self._relations, "rederive/identifiers", self._belongings),
        )
        for _, statement, fetch in (way for way in ways if way[0]):
            async for keys in self._keys(statement):
                yield self._told(len(keys), edges=await self._read(partial(_applied, fetch, keys)))
        for type_ in event_types(self._relations):
            async for batch in self._events(type_):
                yield self._told(len(batch), edges=await self._read(partial(self._happened, batch)))
        for statement, sort in (
            ("rederive/identifiers", nodes_of_identifiers),
            ("rederive/runs", nodes_of_items),
            ("explore/members_by_id", nodes_of_members),
            ("rederive/parties", nodes_of_parties),
        ):
            async for keys in self._keys(statement):
                yield self._told(len(keys), nodes=await self._read(partial(_applied, sort, keys)))

    async def _links(self, transaction: Transaction, parties: list[str]) -> list[Edge]:
        return await links(transaction, "explore/links_below", parties, self._linking, self._window, _NO_LIMIT)

    async def _stays(self, transaction: Transaction, runs: list[str]) -> list[Edge]:
        return await stays(transaction, "explore/containers", runs, self._window, _NO_LIMIT)

    async def _belongings(self, transaction: Transaction, identifiers: list[str]) -> list[Edge]:
        return await belongings(transaction, identifiers, self._window)

    async def _happened(self, events: list[Row], transaction: Transaction) -> list[Edge]:
        edges = await relations_of_events(transaction, events)
        return [each for each in edges if each.ends.relation in self._relations]

    def _told(self, keys: int, *, edges: Sequence[Edge] = (), nodes: Sequence[Node] = ()) -> Page:
        self._done = min(self._done + keys, self._total)
        return Page(self._done / self._total, sorted(edges, key=lambda each: each.ends), nodes)

    async def _read(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        return await self._graph.read(work, self._bookmarks)

    async def _keys(self, statement: str) -> AsyncIterator[list[str]]:
        after = ""
        while True:
            rows = await self._read(partial(_run, statement, after=after, limit=KEYS_AT_ONCE))
            if not rows:
                return
            keys = [str(row["key"]) for row in rows]
            yield keys
            after = keys[-1]

    async def _events(self, type_: str) -> AsyncIterator[list[Row]]:
        """The events of a type in force, in batches, in the order of time."""
        place: dict[str, Any] = {"at": self._window.since, "id": ""}
        about: dict[str, Any] = {"type": type_, "until": self._window.until, "limit": KEYS_AT_ONCE}
        while True:
            rows = await self._read(partial(_run, "explore/events_in_time", **about, **place))
            if not rows:
                return
            for batch in batches(row | {"items": None} for row in rows if row["named"] is not None):
                yield batch
            place = {"at": rows[-1]["at"], "id": rows[-1]["event"]}


async def _run(statement: str, transaction: Transaction, **parameters: Any) -> list[Row]:
    return await transaction.run(statement, **parameters)


async def _applied(
    fetch: Callable[[Transaction, list[str]], Awaitable[Answer]], keys: list[str], transaction: Transaction
) -> Answer:
    return await fetch(transaction, keys)
