"""The demonstration log in the graph and in the reference model, for tests that only read it."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.conftest import WIPE
from tests.model import World
from tests.model.log import Event

LOG = Path(__file__).parents[1] / "seeds" / "demo.ndjson.gz"
PART = 1_000


@cache
def demo_events() -> list[Event]:
    """The log, in its order of arrival."""
    with gzip.open(LOG) as lines:
        return [json.loads(line) for line in lines]


@cache
def demo_world() -> World:
    """What the model makes of it."""
    return World(demo_events())


async def fill_with_demo(graph: Graph, keys: IdentifierKeys) -> None:
    """Loads the log, unless the graph holds it untouched: a mark in the graph goes with whatever is wiped."""
    marked = await graph.run("MATCH (mark:HoldsTheDemo) RETURN mark.events, COUNT { (:Event) }", read_only=True)
    if marked[1] and marked[1][0][0] == marked[1][0][1]:
        return
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        events = demo_events()
        for start in range(0, len(events), PART):
            report = await recorder.record(events[start : start + PART], as_admin=True)
            assert not report.rejected
    await graph.run("CREATE (:HoldsTheDemo {events: COUNT { (:Event) }})", read_only=False)
