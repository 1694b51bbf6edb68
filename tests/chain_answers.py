"""Holds the service's answers about the channel to those of the reference model, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from graph_service.channel.chain_path import chain_path
from graph_service.channel.questions import (
    DatedLink,
    branch_of,
    holdings_of,
    links_of,
    list_parties,
    parties_by_id,
    upstream_of,
)
from graph_service.graph.driver import Graph, Transaction
from graph_service.moments import instant_of
from tests.model.channel import Link, contains
from tests.model.world import World

EVERYTHING = 1_000_000
END_OF_TIME = 2**61
KINDS = [None, "STORE", "DISTRIBUTOR", "CLERK"]


def micros(moment: datetime | None) -> int | None:
    return None if moment is None else instant_of(moment)


def of_service(links: Sequence[DatedLink]) -> list[Any]:
    return [(one.relation, one.parent["id"], one.child["id"], one.since, one.until) for one in links]


def of_model(world: World, links: Sequence[Link]) -> list[Any]:
    """Links whose ends somebody registered; a party without a kind cannot be shown."""
    return [
        (one.relation, one.parent, one.child, micros(one.since), micros(one.until))
        for one in links
        if registered(world, one.parent) and registered(world, one.child)
    ]


def registered(world: World, party: str) -> bool:
    return world.channel.kind(party) is not None


async def check_everything(
    graph: Graph, world: World, parties: Sequence[str], instants: Sequence[datetime | None]
) -> None:
    """Every question about every party, at each instant; None is the end of time."""

    async def work(transaction: Transaction) -> None:
        await check_parties(transaction, world, parties)
        for instant in instants:
            await check_lists(transaction, world, parties, instant)
            for party in parties:
                await check_branch(transaction, world, party, instant)
            for start, end in zip(parties, [*parties[2:], *parties[:2]], strict=True):
                at = END_OF_TIME if instant is None else instant_of(instant)
                way = await chain_path(transaction, start, end, at)
                assert of_service(way) == of_model(world, world.channel.chain_path(start, end, instant))

    await graph.read(work)


async def check_parties(transaction: Transaction, world: World, parties: Sequence[str]) -> None:
    known = await parties_by_id(transaction, parties)
    assert known.keys() == {party for party in parties if registered(world, party)}
    for party, row in known.items():
        said = world.channel.parties.get(party)
        assert (row["kind"], row.get("name"), row.get("region")) == (said["kind"], said["name"], said.get("region"))
    regions: set[str] = {row["region"] for row in known.values() if "region" in row}
    for region in [None, "CN", *sorted(regions), *sorted(one[:-1] for one in regions)]:
        for kind in KINDS:
            found = await list_parties(transaction, kind=kind, region=region, after="", limit=EVERYTHING)
            assert [row["id"] for row in found if row["id"] in known] == sorted(
                party
                for party, row in known.items()
                if kind in {None, row["kind"]} and (region is None or contains(region, row.get("region")))
            )


async def check_lists(transaction: Transaction, world: World, parties: Sequence[str], instant: datetime | None) -> None:
    at = END_OF_TIME if instant is None else instant_of(instant)
    shown = [party for party in parties if registered(world, party)]
    directions: tuple[Literal["UP", "DOWN"], ...] = ("UP", "DOWN")
    for direction in directions:
        for relation in (None, "SUPPLIES", "EMPLOYS", "SERVES"):
            found = await links_of(
                transaction, shown, relation=relation, direction=direction, at=at, after=None, limit=EVERYTHING
            )
            for party in shown:
                links = world.channel.links(party, relation, direction, instant)
                assert of_service(found[party]) == of_model(world, links)
    above = await upstream_of(transaction, shown, at)
    holdings = await holdings_of(transaction, parties, at)
    for party in shown:
        assert of_service(above[party]) == of_model(world, world.channel.upstream(party, instant))
        for sku in (None, "CAT", "DOG"):
            held = {(one.region, one.sku, one.since, one.until) for one in holdings.at(party, at, sku)}
            said = world.channel.territories(party, instant, sku)
            assert held == {(one.region, one.sku, micros(one.since), micros(one.until)) for one in said}


async def check_branch(transaction: Transaction, world: World, party: str, instant: datetime | None) -> None:
    for kind, depth in ((None, 50), (None, 1), ("STORE", 50), ("DISTRIBUTOR", 2)):
        found = await branch_of(
            transaction,
            party,
            kind=kind,
            at=micros(instant),
            now=END_OF_TIME,
            max_depth=depth,
            after=None,
            limit=EVERYTHING,
        )
        below = world.channel.branch(party, kind, instant, depth)
        assert [row["id"] for _, row in found] == [one for one in below if registered(world, one)]
