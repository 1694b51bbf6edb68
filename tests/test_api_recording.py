"""Recording events by GraphQL: the same way in as by HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import Client, app_of, client_of, settings_of


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


def made(id_: str = "e1", *codes: str, **more: Any) -> Event:
    event = {"id": id_, "type": "goods.commissioned", "at": "2026-05-01T00:00:00Z", "sku": "CAT", "batch": "B"}
    return event | {"level": "UNIT", "codes": list(codes or ("U1",)), "holder": "F"} | more


def lines(*events: Any) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


async def test_events_recorded_by_graphql_are_reported_as_by_http(client: Client) -> None:
    event: Event = {"id": "g1", "type": "goods.commissioned", "at": "2026-05-01T00:00:00Z", "sku": "CAT", "batch": "B"}
    event |= {"level": "UNIT", "codes": ["GRAPHQL-1"], "holder": "MIAOWANG"}
    query = """mutation($e: [JSON!]!) { recordEvents(events: $e) {
        accepted duplicates rejected { index id code path message } token } }"""

    report = (await client.data(query, e=[event, event, {"id": "g2"}, 7]))["recordEvents"]

    assert (report["accepted"], report["duplicates"]) == (1, 1)
    assert [(one["index"], one["id"], one["code"]) for one in report["rejected"]] == [
        (2, "g2", "UNKNOWN_TYPE"),
        (3, None, "INVALID_JSON"),
    ]
    question = '{ item(code: "GRAPHQL-1") { ownership { status confirmedBy } } }'
    answer = await client.ask(question, consistency=report["token"])
    assert answer["data"]["item"]["ownership"] == {"status": "CONFIRMED", "confirmedBy": "g1"}


async def test_an_event_written_in_graphqls_own_syntax_is_the_same_event(client: Client) -> None:
    position = "{lat: 22.0, lon: 114}"
    literal = f'{{id: "g3", type: "goods.scanned", at: "2026-05-02T00:00:00Z", code: "X", position: {position}}}'
    sent = {"id": "g3", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "X"}

    first = await client.data(f"mutation {{ recordEvents(events: [{literal}]) {{ accepted }} }}")
    again = await client.record(sent | {"position": {"lat": 22, "lon": 114}})

    assert first == {"recordEvents": {"accepted": 1}}
    assert (again["duplicates"], again["rejected"]) == (1, [])


async def test_a_number_that_json_lacks_is_refused(client: Client) -> None:
    data = await client.data("mutation { recordEvents(events: [{id: 1e999}]) { rejected { code } } }")

    assert data["recordEvents"]["rejected"] == [{"code": "INVALID_JSON"}]


async def test_one_thousand_events_are_taken_and_one_more_is_not(client: Client, graph: Graph) -> None:
    events = [{"id": f"n{n}", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "X"} for n in range(1_001)]
    query = "mutation($e: [JSON!]!) { recordEvents(events: $e) { accepted } }"

    told = await client.refusal(query, e=events)
    taken = await client.data(query, e=events[:1_000])

    assert (told["code"], told["given"], told["allowed"]) == ("LIMIT_EXCEEDED", 1_001, 1_000)
    assert taken == {"recordEvents": {"accepted": 1_000}}
