"""Who may come in: tokens, roles, and what stays open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio

from graph_service.api.viewer import Role
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import TOKEN_KEY, Client, app_of, client_of, settings_of, token

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


@pytest.mark.parametrize("path", ["/graphql", "/v1/events", "/", "/nowhere"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer not.a.token",
        "Bearer " + "x" * 8_000,
        f"Bearer {token(ttl_seconds=-3_600)}",
        f"Bearer {token()}x",
        "Bearer " + jwt.encode({"role": "admin", "exp": 2**33}, "another secret, long enough to sign", "HS256"),
        "Bearer " + jwt.encode({"role": "admin", "exp": 2**33}, "", "none"),
        "Bearer " + jwt.encode({"role": "emperor", "exp": 2**33}, TOKEN_KEY, "HS256"),
        "Bearer " + jwt.encode({"role": "admin"}, TOKEN_KEY, "HS256"),
    ],
)
async def test_without_a_good_token_every_route_answers_401(
    client: Client, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}

    response = await client.http.post(path, json=QUESTION, headers=headers)

    assert response.status_code == 401
    assert response.json()["code"] == "UNAUTHENTICATED"
    assert response.headers["www-authenticate"] == "Bearer"
    assert TOKEN_KEY not in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_told_to_everyone(client: Client, path: str) -> None:
    assert (await client.http.get(path)).status_code == 200


@pytest.mark.parametrize("role", list(Role))
async def test_admin_job_and_analyst_read_and_everyone_else_gets_403(client: Client, role: Role) -> None:
    response = await client.post("/graphql", role, json=QUESTION)

    assert response.status_code == (200 if role in {Role.ADMIN, Role.JOB, Role.ANALYST} else 403)
    assert response.status_code == 200 or response.json()["code"] == "FORBIDDEN"


@pytest.mark.parametrize("role", list(Role))
async def test_admin_and_job_write_and_everyone_else_gets_403(client: Client, role: Role) -> None:
    mutation = {"query": "mutation($e: [JSON!]!) { recordEvents(events: $e) { accepted } }"}

    by_http = await client.post("/v1/events", role, content=lines(made("e1")), headers=NDJSON)
    by_graphql = await client.post("/graphql", role, json=mutation | {"variables": {"e": [made("e2")]}})

    expected = 200 if role in {Role.ADMIN, Role.JOB} else 403
    assert (by_http.status_code, by_graphql.status_code) == (expected, expected)


async def test_only_an_admin_says_when_an_event_was_recorded(client: Client) -> None:
    early = {"recordedAt": "2026-05-02T00:00:00Z"}

    by_job = await client.record(made("e1", **early), role=Role.JOB)
    by_admin = await client.record(made("e1", **early), role=Role.ADMIN)

    assert [rejected["code"] for rejected in by_job["rejected"]] == ["FORBIDDEN_FIELD"]
    assert by_admin["accepted"] == 1
