"""The questions about items, on the demonstration log: equal to the model."""

from __future__ import annotations

import random

import pytest_asyncio

from graph_service.goods.journey import containers, journeys
from graph_service.goods.questions import items, ownerships
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import datetime_of, parse_instant
from tests.answers import model_told, told
from tests.demonstration import demo_events, demo_world, fill_with_demo
from tests.model.codes import named_codes

SAMPLE = 300


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(migrated: Graph, keys: IdentifierKeys) -> Graph:
    await fill_with_demo(migrated, keys)
    return migrated


def sample() -> list[tuple[str, str]]:
    """Codes and times of all kinds, the same in every run."""
    chance = random.Random(20260501)
    codes = sorted(named_codes(demo_world().facts))
    return [(chance.choice(codes), chance.choice(demo_events())["at"]) for _ in range(SAMPLE)]


async def test_ownerships_of_the_demonstration_are_the_models(demo: Graph) -> None:
    asked = sample()

    answers = await demo.read(lambda t: ownerships(t, [(code, parse_instant(at)) for code, at in asked]))

    for (code, at), answer in zip(asked, answers, strict=True):
        expected = model_told(demo_world().ownership(code, at))
        if expected["via"] is not None and told(answer)["via"] is None:
            expected["via"] = None  # A run of codes was named, this one among them.
        assert (answer.code, told(answer)) == (code, expected)


async def test_journeys_and_containers_of_the_demonstration_are_the_models(demo: Graph) -> None:
    asked = [(code, parse_instant(at)) for code, at in sample()]

    ways = await demo.read(lambda t: journeys(t, asked))
    held = await demo.read(lambda t: containers(t, asked))

    for (code, at), way, container in zip(sample(), ways, held, strict=True):
        expected = [(s.event, s.type, s.at, s.code, s.sender, s.receiver) for s in demo_world().journey(code, at)]
        assert [(s.event, s.type, datetime_of(s.at), s.code, s.sender, s.receiver) for s in way] == expected
        assert container == demo_world().container(code, at)


async def test_items_of_the_demonstration_are_the_models(demo: Graph) -> None:
    codes = [code for code, _ in sample()]

    found = await demo.read(lambda t: items(t, codes))

    for code in codes:
        expected = demo_world().item(code) | {"scans": demo_world().goods.scan_count(code)}
        one = found[code]
        assert {"level": one.level, "sku": one.sku, "batch": one.batch, "scans": one.scan_count} == expected
