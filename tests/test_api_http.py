"""The HTTP side: who may come in, events in every form, hostile bytes, and what an answer shows of the inside."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
import uvicorn

from graph_service.api import bodies, events_route
from graph_service.api.viewer import Role
from graph_service.app import SERVER_OPTIONS, create_app
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.model.log import Event
from tests.serving import TOKEN_KEY, Client, Surroundings, app_of, client_of, settings_of, token

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


# --- who may come in ----------------------------------------------------------------------------------------


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


# --- events in every form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", ["ndjson", "array"])
async def test_every_form_gives_the_same_report(client: Client, form: str, packed: bool) -> None:
    events = [made("e1"), made("e1"), {"id": "e2"}, made("e3", "U3")]
    data = lines(*events).replace(b"\n", b"\r\n\n  \n") + b"\n\n" if form == "ndjson" else json.dumps(events).encode()
    headers = (NDJSON if form == "ndjson" else JSON) | ({"content-encoding": "gzip"} if packed else {})

    response = await client.post("/v1/events", content=gzip.compress(data) if packed else data, headers=headers)

    report = response.json()
    assert response.status_code == 200
    assert report.keys() == {"accepted", "duplicates", "rejected", "token"}
    assert (report["accepted"], report["duplicates"]) == (2, 1)
    (rejected,) = report["rejected"]
    assert rejected.keys() == {"index", "id", "code", "path", "message"}
    assert (rejected["index"], rejected["id"], rejected["code"], rejected["path"]) == (2, "e2", "UNKNOWN_TYPE", "type")


async def test_every_fault_has_its_code_and_never_stops_its_neighbours(client: Client) -> None:
    future = {"at": "2999-01-01T00:00:00Z"}
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-01-02T00:00:00Z"}
    inverted = {"type": "rule.published", "rule": rule | {"to": "2026-01-01T00:00:00Z"}}
    faulty: list[tuple[bytes, str, str | None]] = [
        (b"not json", "INVALID_JSON", None),
        (b'{"id": "x", "id": "x"}', "INVALID_JSON", None),
        (b'{"id": NaN}', "INVALID_JSON", None),
        (b'{"id": "\xff"}', "INVALID_JSON", None),
        (b"[" * 100_000 + b"]" * 100_000, "INVALID_JSON", None),
        (b"null", "INVALID_JSON", None),
        (b"17", "INVALID_JSON", None),
        (lines(made("x" * 129)), "INVALID_FIELD", "id"),
        (lines(made("f1") | {"type": "goods.lost"}), "UNKNOWN_TYPE", "type"),
        (lines(made("f2") | {"at": "yesterday"}), "INVALID_TIME", "at"),
        (lines(made("f3") | future), "IN_FUTURE", "at"),
        (lines(made("f4", colour="red")), "UNKNOWN_FIELD", "colour"),
        (lines(made("f5") | {"level": "BOX"}), "INVALID_FIELD", "level"),
        (lines({"id": "f6", "at": "2026-01-01T00:00:00Z"} | inverted), "RULE_REFUSED", "rule"),
        (lines(made("good", "U2")), "ID_CONFLICT", "id"),
    ]
    data = b"\n".join([lines(made("good")), *(line for line, _, _ in faulty), lines(made("last"))])

    response = await client.post("/v1/events", content=data, headers=NDJSON)

    report = response.json()
    assert report["accepted"] == 2
    told = {rejected["index"]: (rejected["code"], rejected["path"]) for rejected in report["rejected"]}
    assert told == {n: (code, path) for n, (_, code, path) in enumerate(faulty, 1)}


async def test_indices_run_on_over_slices(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_route, "SLICE", 2)

    report = await client.record(made("e1"), made("e2"), {}, made("e3"), made("e4"), 7)

    assert report["accepted"] == 4
    assert [rejected["index"] for rejected in report["rejected"]] == [2, 5]


async def test_no_events_at_all_are_no_error(client: Client) -> None:
    empty = await client.post("/v1/events", content=b"\n\n", headers=NDJSON)

    assert empty.json() | {"token": ""} == {"accepted": 0, "duplicates": 0, "rejected": [], "token": ""}


async def test_a_read_with_the_token_of_a_write_sees_it(client: Client) -> None:
    for n in range(20):
        report = await client.record(made(f"e{n}", f"U{n}"))
        question = f'{{ ownerships(queries: [{{code: "U{n}"}}]) {{ status }} }}'
        answer = await client.ask(question, consistency=report["token"])
        assert answer == {"data": {"ownerships": [{"status": "CONFIRMED"}]}}


@pytest.mark.parametrize("bad", ["", "x", "e30", "W10x", "WzFd", "WyJub25zZW5zZSJd"])
async def test_a_consistency_token_that_is_none_is_refused(client: Client, bad: str) -> None:
    response = await client.post("/graphql", json=QUESTION, headers={"x-consistency-token": bad})

    assert response.status_code == 400
    assert "INVALID_CONSISTENCY_TOKEN" in response.text


# --- hostile bytes ------------------------------------------------------------------------------------------

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


# --- what an answer shows -----------------------------------------------------------------------------------


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

    response = await client.http.get("/readyz")

    assert (response.status_code, response.json()["code"]) == (503, "UNAVAILABLE")


async def test_a_real_server_answers_with_safe_headers_and_does_not_say_what_it_is(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    app = create_app(Surroundings(graph, keys, recorder, settings_of(tmp_path)))
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
