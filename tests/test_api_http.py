"""What an HTTP answer shows of the inside, and what it does not."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from graph_service.app import SERVER_OPTIONS, create_app
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import Client, Surroundings, app_of, client_of, settings_of, token

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


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/graphql", 405), ("POST", "/nowhere", 404)])
async def test_wrong_addresses_and_methods_answer_in_json(client: Client, method: str, path: str, status: int) -> None:
    response = await client.http.request(method, path, headers={"authorization": f"Bearer {token()}"})

    assert response.status_code == status
    assert response.json().keys() == {"code", "message"}


async def test_what_nobody_foresaw_is_shown_as_a_reference_alone(
    client: Client, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("13800000000 at /secret/place")

    monkeypatch.setattr(recorder, "record", fail)

    response = await client.post("/v1/events", content=lines(made()), headers=NDJSON)

    told = response.json()
    assert (response.status_code, told["code"]) == (500, "INTERNAL")
    reference = told["message"].rpartition(" ")[2].rstrip(".")
    assert reference in caplog.text
    assert "13800000000" not in response.text + caplog.text
    assert "Traceback" not in response.text


async def test_a_graph_that_does_not_answer_is_told_by_readyz(
    client: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: Any, **__: Any) -> None:
        await asyncio.sleep(3_600)

    monkeypatch.setattr(graph, "read", hang)
    monkeypatch.setattr("graph_service.app.READY_SECONDS", 0.05)

    response = await client.http.get("/readyz")

    assert (response.status_code, response.json()["code"]) == (503, "UNAVAILABLE")


async def test_a_real_server_answers_with_safe_headers_and_does_not_say_what_it_is(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    app = create_app(Surroundings(graph, keys, recorder, settings_of(tmp_path)), warm=False)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", **SERVER_OPTIONS))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=address, headers={"authorization": f"Bearer {token()}"}) as http:
            report = (await http.post("/v1/events", content=lines(made()), headers=NDJSON)).json()
            too_large = await http.post("/graphql", content=b"x" * 10_000_000, headers=JSON)
            answer = await http.post("/graphql", json=QUESTION, headers={"x-consistency-token": report["token"]})
    finally:
        server.should_exit = True
        await serving

    assert too_large.status_code == 413
    assert answer.json() == {"data": {"ownerships": [{"status": "CONFIRMED"}]}}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers
