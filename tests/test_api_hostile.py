"""Hostile bytes get a 4xx, and the service goes on."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.api import bodies, events_route
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import Client, app_of, client_of, settings_of

NDJSON = {"content-type": "application/x-ndjson"}
JSON = {"content-type": "application/json"}
QUESTION = {"query": '{ ownerships(queries: [{code: "U1"}]) { status } }'}


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


def made(id_: str = "e1", *codes: str, **more: Any) -> Event:
    event = {"id": id_, "type": "goods.commissioned", "at": "2026-05-01T00:00:00Z", "sku": "CAT", "batch": "B"}
    return event | {"level": "UNIT", "codes": list(codes or ("U1",)), "holder": "F"} | more


def lines(*events: Any) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


HOSTILE = [
    b"",
    b"\xff\xfe",
    b'{"query": "\xff"}',
    b"[" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"query": NaN}',
    b'{"query": "{a}", "query": "{b}"}',
    b'{"query": "{a}", "variables": {"x": 1e999}}',
    b"null",
    b"17",
    b'"text"',
    b"[]",
    b"{",
    b'{"query": 17}',
    b'{"query": ""}',
    b'{"query": "{a}", "variables": []}',
    b'{"query": "{a}", "operationName": 1}',
    b'{"query": "\\ud800"}',
    b"x" * 10_000_000,
    b'{"query": "' + b"x" * 10_000_000 + b'"}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_question_gets_a_4xx_and_the_service_goes_on(client: Client, body: bytes) -> None:
    response = await client.post("/graphql", content=body, headers=JSON)

    assert 400 <= response.status_code < 500
    assert response.json().keys() >= {"code", "message"}
    assert (await client.ask(QUESTION["query"])) == {"data": {"ownerships": [{"status": "UNKNOWN"}]}}


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[" * 100_000, b"[NaN]", b'[{"a": 1, "a": 2}]', b"null", b"17", b'"x"', b"{}", b"[{]"]
)
async def test_a_hostile_array_of_events_gets_a_400(client: Client, body: bytes) -> None:
    response = await client.post("/v1/events", content=body, headers=JSON)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_JSON")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (lines(made()), {"content-type": "text/plain"}, 415),
        (lines(made()), {}, 415),
        (lines(made()), {"content-type": "application/x-ndjson; charset=latin-1"}, 415),
        (lines(made()), NDJSON | {"content-encoding": "br"}, 415),
        (lines(made()), NDJSON | {"content-encoding": "gzip"}, 400),
        (gzip.compress(lines(made()))[:-9], NDJSON | {"content-encoding": "gzip"}, 400),
        (gzip.compress(lines(made())) + b"rest", NDJSON | {"content-encoding": "gzip"}, 400),
        (gzip.compress(b" " * 70_000_000), NDJSON | {"content-encoding": "gzip"}, 413),
        (zlib.compress(lines(made())), NDJSON | {"content-encoding": "gzip"}, 400),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    client: Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    response = await client.post("/v1/events", content=content, headers=headers)

    assert response.status_code == status
    assert response.json().keys() >= {"code", "message"}


async def test_a_body_above_the_limit_is_refused_also_when_it_does_not_say_its_length(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_route, "MAX_BODY", 1_000)
    monkeypatch.setattr(bodies, "_DRAINED", 1_000)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b" " * 1_000

    told = await client.post("/v1/events", content=b" " * 1_001, headers=NDJSON)
    untold = await client.post("/v1/events", content=pieces(), headers=NDJSON)

    assert (told.status_code, untold.status_code) == (413, 413)
    assert told.json()["code"] == "BODY_TOO_LARGE"


async def test_too_many_events_name_the_given_and_the_allowed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_route, "MAX_EVENTS", 3)

    response = await client.post("/v1/events", content=b"1\n2\n3\n4\n", headers=NDJSON)

    told = response.json()
    assert (response.status_code, told["code"], told["given"], told["allowed"]) == (400, "LIMIT_EXCEEDED", 4, 3)
