"""The neighbourhood of a node: walked from it a hop at a time, over relations in either direction.

A neighbourhood of N hops has every relation at a node that is nearer than N hops, and so the nodes up to N hops away;
a relation between two nodes that are both N hops away is at home in the neighbourhood of N + 1.
"""

from collections.abc import Collection, Iterable

from graph_service.explore.elements import (
    IDENTIFIER,
    ITEM,
    MEMBER,
    PARTY,
    Edge,
    NodeId,
    Part,
    Window,
)
from graph_service.explore.fetch import (
    batches,
    belongings,
    by_sort,
    links,
    nodes_of_identifiers,
    nodes_of_items,
    nodes_of_members,
    nodes_of_parties,
    relations_of_events,
    stays,
)
from graph_service.explore.limits import MAX_RELATIONS, require_hops, require_size
from graph_service.explore.relations import BELONGS_TO, INSIDE, LINKS, event_types
from graph_service.goods.codes import key_of
from graph_service.graph.driver import Row, Transaction

# One more than fits, so that what does not fit is noticed.
_LIMIT = MAX_RELATIONS + 1


async def neighbourhood(
    transaction: Transaction, centre: NodeId, hops: int, window: Window, relations: Collection[str]
) -> Part:
    """The neighbourhood of a node.

    Args:
        transaction: to read in.
        centre: a node that there is (`centre.py`).
        hops: how far, 0 to `MAX_HOPS`.
        window: when relations were in force, or happened.
        relations: those to follow.

    Raises:
        TooMuch: when it is larger than fits into memory, or reaches further than allowed.
    """
    require_hops(hops)
    part = Part()
    seen = frontier = {centre}
    for _ in range(hops):
        step = _Step(transaction, frontier, window, relations, part)
        await step.walk()
        ends = {end for ends in part.edges for end in (ends.source, ends.target)}
        frontier = ends - seen
        seen = seen | ends
        require_size(seen, part.edges)
    refs = by_sort(seen)
    part.add(nodes=await nodes_of_parties(transaction, sorted(refs[PARTY])))
    part.add(nodes=await nodes_of_items(transaction, sorted(key_of(code) for code in refs[ITEM])))
    part.add(nodes=await nodes_of_members(transaction, sorted(refs[MEMBER])))
    part.add(nodes=await nodes_of_identifiers(transaction, sorted(refs[IDENTIFIER])))
    return part


class _Step:
    """A hop: every relation at the nodes that the last hop reached."""

    def __init__(
        self,
        transaction: Transaction,
        frontier: set[NodeId],
        window: Window,
        relations: Collection[str],
        part: Part,
    ) -> None:
        self._transaction = transaction
        self._frontier = frontier
        self._window = window
        self._relations = relations
        self._part = part
        refs = by_sort(frontier)
        self._parties, self._members, self._identifiers = refs[PARTY], refs[MEMBER], refs[IDENTIFIER]
        self._items = {key_of(code) for code in refs[ITEM]}

    async def walk(self) -> None:
        """Adds the relations to the part."""
        linking = set(LINKS) & set(self._relations)
        if linking:
            for statement in ("explore/links_below", "explore/links_above"):
                self._add(await links(self._transaction, statement, self._parties, linking, self._window, _LIMIT))
        if INSIDE in self._relations:
            for statement in ("explore/containers", "explore/contents"):
                self._add(await stays(self._transaction, statement, self._items, self._window, _LIMIT))
        if BELONGS_TO in self._relations:
            rows = await self._transaction.rows_of("explore/members", sorted(self._members))
            theirs = {identifier for row in rows for identifier in row["identifiers"]}
            self._add(await belongings(self._transaction, theirs | self._identifiers, self._window))
        if event_types(self._relations):
            for batch in batches(await self._events()):
                self._add(await relations_of_events(self._transaction, batch))

    def _add(self, edges: Iterable[Edge]) -> None:
        self._part.add(
            edges=(
                each
                for each in edges
                if each.ends.relation in self._relations
                and (each.ends.source in self._frontier or each.ends.target in self._frontier)
            )
        )
        require_size(0, self._part.edges)

    async def _events(self) -> list[Row]:
        """The events that touch the frontier; where only items do, no more of the event's items than those."""
        between = {"from": self._window.since, "until": self._window.until, "limit": _LIMIT}
        types = event_types(self._relations)
        read = self._transaction.rows_of
        rows = await read("explore/events_of_parties", sorted(self._parties), types=types, **between)
        rows += await read("explore/events_of_members", sorted(self._members), types=types, **between)
        if "USED_CODE_OF" in self._relations:
            rows += await read("explore/events_of_promo_codes", sorted(self._parties), **between)
        events: dict[str, Row] = {row["event"]: row | {"items": None} for row in rows}
        named = await read("explore/events_of_items", sorted(self._items), types=types, **between)
        require_size(0, len(events) + len(named))
        for row in named:
            event = events.setdefault(row["event"], {"event": row["event"], "named": 0, "items": []})
            if event["items"] is not None:
                event["items"].append(row["item"])
                event["named"] += 1
        return [events[event] for event in sorted(events)]
