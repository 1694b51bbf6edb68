"""Who is above, below and between: the service agrees with the reference model."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings

from graph_service.channel.questions import branch_of, links_of
from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import instant_of
from graph_service.recorder import Recorder
from tests.chain_answers import check_everything
from tests.chain_logs import DAYS, PARTIES, channel_logs, moment
from tests.conftest import WIPE
from tests.model.log import Event
from tests.model.world import World

SEEDS = Path(__file__).parents[1] / "seeds"
CHANNEL = {"party.registered", "channel.linked", "channel.unlinked", "territory.assigned", "territory.released"}


def demo_channel() -> list[Event]:
    """What the demonstration's log says of the channel, and the voids of that."""
    with gzip.open(SEEDS / "demo.ndjson.gz", "rt", encoding="utf-8") as lines:
        log = [json.loads(line) for line in lines]
    ids = {event["id"] for event in log if event["type"] in CHANNEL}
    return [event for event in log if event["id"] in ids or event.get("voids") in ids]


async def record(graph: Graph, keys: IdentifierKeys, events: list[Event]) -> World:
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        report = await recorder.record(events, as_admin=True)
    assert report.rejected == []
    return World(events)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(migrated: Graph, keys: IdentifierKeys) -> AsyncIterator[World]:
    """The demonstration's channel, in the graph and in the model."""
    yield await record(migrated, keys, demo_channel())


async def test_demonstration_agrees_with_model(demo: World, migrated: Graph) -> None:
    named = sorted(demo.channel.parties.entries)
    turns = sorted({link.until for link in demo.channel._links if link.until})
    instants = [None, turns[0], turns[0] - timedelta(microseconds=1), turns[-1]]
    await check_everything(migrated, demo, [*named[::9], "D2-SZ", "D1-GD", "MIAOWANG"], instants)


async def test_stores_that_a_salesperson_served_on_a_date(demo: World, migrated: Graph) -> None:
    served: dict[str, list[Any]] = {}
    for link in demo.channel._links:
        if link.relation == "SERVES":
            served.setdefault(link.parent, []).append(link)
    changed = {person: links for person, links in served.items() if any(link.until for link in links)}
    assert changed, "the demonstration lets salespeople change"
    for person, links in changed.items():
        for date in {link.until for link in links if link.until}:
            day_before = date - timedelta(days=1)
            for day in (date, day_before):

                async def work(transaction: Transaction, person: str = person, day: datetime = day) -> list[str]:
                    found = await links_of(
                        transaction,
                        [person],
                        relation="SERVES",
                        direction="DOWN",
                        at=instant_of(day),
                        after=None,
                        limit=1000,
                    )
                    return [link.child["id"] for link in found[person]]

                said = demo.channel.links(person, "SERVES", "DOWN", day)
                assert await migrated.read(work) == [link.child for link in said]


async def test_pages_add_up_to_the_whole_list(demo: World, migrated: Graph) -> None:
    async def links(transaction: Transaction, size: int) -> list[str]:
        pages: list[str] = []
        after: tuple[int, str] | None = None
        while True:
            found = await links_of(
                transaction, ["D2-SZ"], relation=None, direction="DOWN", at=2**61, after=after, limit=size
            )
            pages += [link.since_event for link in found["D2-SZ"]]
            if len(found["D2-SZ"]) < size:
                return pages
            after = (found["D2-SZ"][-1].since, found["D2-SZ"][-1].since_event)

    async def branch(transaction: Transaction, size: int) -> list[str]:
        pages: list[str] = []
        after: tuple[int, str] | None = None
        while True:
            found = await branch_of(
                transaction, "D2-SZ", kind=None, at=None, now=2**61, max_depth=10, after=after, limit=size
            )
            pages += [row["id"] for _, row in found]
            if len(found) < size:
                return pages
            after = (found[-1][0], found[-1][1]["id"])

    whole = await migrated.read(lambda transaction: links(transaction, 1000))
    everyone = await migrated.read(lambda transaction: branch(transaction, 1000))
    assert len(whole) > 3
    assert everyone == demo.channel.branch("D2-SZ")
    for size in (1, 2, 3):
        assert await migrated.read(lambda transaction, size=size: links(transaction, size)) == whole  # type: ignore[misc]
        assert await migrated.read(lambda transaction, size=size: branch(transaction, size)) == everyone  # type: ignore[misc]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(log=channel_logs())
async def test_tangled_channels_agree_with_model(migrated: Graph, keys: IdentifierKeys, log: list[Event]) -> None:
    world = await record(migrated, keys, log)
    await check_everything(migrated, world, PARTIES, [None, moment(0), moment(DAYS // 2)])
