"""The worked cases of `../shared/examples/identity.json`, however they arrive."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rederive import rederive
from tests.answers import Event
from tests.member_answers import texts_of, told_by_service
from tests.test_convergence import arrive

EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "examples" / "identity.json"


def cases() -> list[Any]:
    if not EXAMPLES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{EXAMPLES} is not there"))]
    return [pytest.param(case, id=case["name"]) for case in json.loads(EXAMPLES.read_text("utf-8"))]


def shuffled(events: list[Event]) -> list[list[Event]]:
    mixed = list(events)
    random.Random(5).shuffle(mixed)
    return [mixed]


ARRIVALS: dict[str, Callable[[list[Event]], list[list[Event]]]] = {
    "in order": lambda events: [events],
    "backwards, one by one": lambda events: [[event] for event in reversed(events)],
    "shuffled": shuffled,
    "twice, split": lambda events: [events[: len(events) // 2 + 1], events, events[1:]],
}


@pytest.mark.parametrize("way", ARRIVALS)
@pytest.mark.parametrize("case", cases())
async def test_worked_case(case: dict[str, Any], way: str, graph: Graph, keys: IdentifierKeys) -> None:
    await arrive(graph, keys, ARRIVALS[way](case["events"]))

    assert texts_of(await told_by_service(graph, keys, case["events"])) == {
        frozenset(member) for member in case["members"]
    }
    assert await rederive(graph, keys, check=True) == []
