"""Fetches nodes, and the relations that end at nodes: one statement for all nodes of a sort."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from graph_service.channel.read import fetch_registrations
from graph_service.channel.registry import Registry
from graph_service.explore.elements import (
    IDENTIFIER,
    MEMBER,
    PARTY,
    Edge,
    Node,
    NodeId,
    Window,
    edge,
    given,
)
from graph_service.explore.happenings import PromoCodes, item_id, relations_of
from graph_service.explore.relations import BELONGS_TO, INSIDE
from graph_service.goods.codes import Span, code_of
from graph_service.graph.driver import Row, Transaction

_EVENTS_AT_ONCE = 1_000
_RUNS_AT_ONCE = 10_000


async def nodes_of_parties(transaction: Transaction, parties: Sequence[str]) -> list[Node]:
    """What these parties are."""
    return [
        _node(
            NodeId(PARTY, row["party"]),
            row["name"],
            kind=row["kind"],
            region=row["region"],
            storeType=row["storeType"],
            lat=None if row["lat"] is None else float(row["lat"]),
            lon=None if row["lon"] is None else float(row["lon"]),
        )
        for row in await transaction.rows_of("explore/parties", parties)
    ]


async def nodes_of_items(transaction: Transaction, keys: Sequence[str]) -> list[Node]:
    """What the items that go by these keys are; one of several codes in sequence is named by both ends."""
    return [
        _node(
            item_id(row["item"]),
            None if row["last"] == row["item"] else f"{code_of(row['item'])} … {code_of(row['last'])}",
            last=code_of(row["last"]),
            codes=Span(row["item"], row["last"]).count,
            aliases=row["aliases"],
            level=row["level"],
            sku=row["sku"],
            batch=row["batch"],
            born=row["born"],
            gone=row["gone"],
        )
        for row in await transaction.rows_of("explore/items", keys)
    ]


async def nodes_of_members(transaction: Transaction, members: Sequence[str]) -> list[Node]:
    """What is known of these members."""
    return [
        _node(NodeId(MEMBER, row["member"]), None, since=row["since"], identifiers=len(row["identifiers"]))
        for row in await transaction.rows_of("explore/members", members)
    ]


async def nodes_of_identifiers(transaction: Transaction, identifiers: Sequence[str]) -> list[Node]:
    """What sort of identifiers these are."""
    return [
        _node(NodeId(IDENTIFIER, row["identifier"]), None, kind=row["type"], app=row["app"], since=row["since"])
        for row in await transaction.rows_of("explore/identifiers", identifiers)
    ]


async def links(
    transaction: Transaction,
    statement: str,
    parties: Collection[str],
    relations: Collection[str],
    window: Window,
    limit: int,
) -> list[Edge]:
    """The links that parties have below them (`explore/links_below`) or above them (`explore/links_above`)."""
    rows = await transaction.rows_of(
        statement, sorted(parties), relations=sorted(relations), limit=limit, **_between(window)
    )
    return [
        edge(
            NodeId(PARTY, row["parent"]),
            NodeId(PARTY, row["child"]),
            row["relation"],
            row["fromEvent"],
            **{name: row[name] for name in ("from", "until", "untilEvent")},
        )
        for row in rows
    ]


async def stays(
    transaction: Transaction, statement: str, keys: Collection[str], window: Window, limit: int
) -> list[Edge]:
    """The stays of items in containers (`explore/containers`), or of what containers held (`explore/contents`)."""
    rows = await transaction.rows_of(statement, sorted(keys), limit=limit, **_between(window))
    return [
        edge(
            item_id(row["item"]),
            item_id(row["container"]),
            INSIDE,
            row["fromEvent"],
            **{name: row[name] for name in ("from", "until", "untilEvent")},
        )
        for row in rows
    ]


async def belongings(transaction: Transaction, identifiers: Collection[str], window: Window) -> list[Edge]:
    """Whose these identifiers are, as far as they were seen before the window ends."""
    return [
        edge(NodeId(IDENTIFIER, row["identifier"]), NodeId(MEMBER, row["member"]), BELONGS_TO, None, since=row["since"])
        for row in await transaction.rows_of("explore/identifiers", sorted(identifiers))
        if row["member"] is not None and row["since"] < window.until
    ]


async def relations_of_events(transaction: Transaction, events: Iterable[Row]) -> list[Edge]:
    """All relations that events make.

    Args:
        transaction: to read in.
        events: `event`, its id, and `items`: None to fetch all that it names, else the keys of those to speak of.
    """
    asked = {row["event"]: row["items"] for row in events}
    rows = await transaction.rows_of(
        "explore/events", [{"event": event, "whole": items is None} for event, items in sorted(asked.items())]
    )
    for row in rows:
        row["items"] += [[item, item, item] for item in asked[row["event"]] or ()]
    promo_codes = await _promo_codes(transaction, {row["promoCode"] for row in rows} - {None})
    return [relation for row in rows for relation in relations_of(row, promo_codes)]


async def _promo_codes(transaction: Transaction, promo_codes: Collection[str]) -> PromoCodes:
    rows = await transaction.rows_of("channel/holders_of_promo_codes", sorted(promo_codes))
    return PromoCodes(Registry(await fetch_registrations(transaction, {row["party"] for row in rows})))


def batches(events: Iterable[Row]) -> Iterator[list[Row]]:
    """Events in batches that name a limited number of runs together; `named` says how many each names."""
    batch: list[Row] = []
    runs = 0
    for event in events:
        if batch and (len(batch) == _EVENTS_AT_ONCE or runs + event["named"] > _RUNS_AT_ONCE):
            yield batch
            batch, runs = [], 0
        batch.append(event)
        runs += event["named"]
    if batch:
        yield batch


def by_sort(nodes: Iterable[NodeId]) -> Mapping[str, set[str]]:
    """The ids of nodes within their sorts."""
    sorts: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        sorts[node.sort].add(node.ref)
    return sorts


def _between(window: Window) -> dict[str, int]:
    return {"from": window.since, "until": window.until}


def _node(id_: NodeId, label: str | None, **properties: object) -> Node:
    return Node(id_, label or id_.ref, given(properties))
