"""`POST /v1/events`: every form, every fault, and reads that see what was written."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.api import events_route
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
