"""The worked cases of `../shared/examples/rebates.json`, asked as a front-end asks, however their events arrive."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.serving import Client, app_of, client_of, settings_of

EXAMPLES = Path(__file__).resolve().parents[2] / "shared" / "examples" / "rebates.json"
ASKED = """query Asked($trigger: ID!, $history: Boolean!) {
  rebates(trigger: $trigger, history: $history, first: 100) { edges { node { trigger role status amountFen reason } } }
}"""
NET = {"ACCRUED", "SETTLED", "REVERSED"}


def cases() -> list[Any]:
    if not EXAMPLES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{EXAMPLES.name} is not there"))]
    return [pytest.param(case, id=case["name"]) for case in json.loads(EXAMPLES.read_text("utf-8"))]


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        yield client


async def asked(client: Client, trigger: str, *, history: bool = False) -> list[dict[str, Any]]:
    found = (await client.data(ASKED, trigger=trigger, history=history))["rebates"]["edges"]
    return [edge["node"] for edge in found]


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("case", cases())
async def test_worked_case(
    case: dict[str, Any], shuffled: bool, client: Client, graph: Graph, keys: IdentifierKeys
) -> None:
    events = list(case["events"])
    batches = [events]
    if shuffled:
        random.Random(7).shuffle(events)
        batches = [[event] for event in events]

    rejected = [each for batch in batches for each in (await client.record(*batch))["rejected"]]

    reasons = {each["id"]: each["message"].partition(":")[0] for each in rejected}
    assert reasons == case.get("rejected", {})
    assert {each["code"] for each in rejected} <= {"RULE_REFUSED"}
    wanted = defaultdict(list)
    for decision in case.get("decisions", []):
        wanted[decision["trigger"]].append(decision)
    for trigger, decisions in wanted.items():
        found = await asked(client, trigger)
        assert sorted(found, key=str) == sorted(map(in_order, decisions), key=str), trigger
    for trigger, net in case.get("netFenByTrigger", {}).items():
        for history in (False, True):
            lines = await asked(client, trigger, history=history)
            assert sum(line["amountFen"] for line in lines if line["status"] in NET) == net, history
    assert await rederive(graph, keys, check=True) == []


def in_order(decision: dict[str, Any]) -> dict[str, Any]:
    return {name: decision[name] for name in ("trigger", "role", "status", "amountFen", "reason")}
