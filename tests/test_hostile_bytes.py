"""Hostile bytes are refused before they cost memory, whichever way they come in."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.intake import json_array, ndjson
from graph_service.intake.files import EventFile
from graph_service.intake.json_array import read_array
from graph_service.intake.strict_json import InvalidJson
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from tests.serving import Client, app_of, client_of, settings_of

MEBIBYTE = 2**20
NDJSON = {"content-type": "application/x-ndjson"}
JSON = {"content-type": "application/json"}
GZIP = {"content-encoding": "gzip"}
GOOD = json.dumps({"id": "good", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "U1"}).encode()
DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
LONG_NUMBER = b'{"a": ' + b"1" * MEBIBYTE + b"}"
LONG_FRACTION = b'{"a": 0.' + b"1" * MEBIBYTE + b"}"


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


@contextmanager
def at_most(mebibytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < mebibytes * MEBIBYTE, f"{peak / MEBIBYTE:.0f} MiB"


async def pieces_of(piece: bytes, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield piece


async def test_a_hundred_megabytes_are_refused_by_their_length_alone(client: Client) -> None:
    with at_most(8):
        response = await client.post(
            "/v1/events", content=pieces_of(b" " * MEBIBYTE, 100), headers=NDJSON | {"content-length": "104857600"}
        )
    assert (response.status_code, response.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_hundred_megabytes_that_do_not_say_so_are_refused_too(client: Client) -> None:
    with at_most(16):
        response = await client.post("/v1/events", content=pieces_of(b" " * MEBIBYTE, 100), headers=NDJSON)
    assert response.status_code == 413


@pytest.mark.parametrize("kind", [NDJSON, JSON])
async def test_a_bomb_is_refused_before_it_unfolds(client: Client, kind: dict[str, str]) -> None:
    bomb = gzip.compress(b"[" + b" " * (200 * MEBIBYTE))
    with at_most(16):
        response = await client.post("/v1/events", content=bomb, headers=kind | GZIP)
    assert (response.status_code, response.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_hostile_lines_are_refused_alone(client: Client) -> None:
    faulty = [DEEP, LONG_NUMBER, LONG_FRACTION, b'{"id": "\xff"}', b"x" * (33 * MEBIBYTE)]
    body = gzip.compress(b"\n".join([*faulty, GOOD]), 1)
    del faulty[:]
    with at_most(110):  # a line may have 32 MiB, and is copied once or twice
        response = await client.post("/v1/events", content=body, headers=NDJSON | GZIP)
    report = response.json()
    assert report["accepted"] == 1
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(n, "INVALID_JSON") for n in range(5)]


@pytest.mark.parametrize("element", [DEEP, LONG_NUMBER, LONG_FRACTION, b'{"id": "\xff"}'])
async def test_an_array_with_a_hostile_element_is_refused_whole(client: Client, element: bytes) -> None:
    response = await client.post("/v1/events", content=b"[" + GOOD + b"," + element + b"]", headers=JSON)
    again = await client.post("/v1/events", content=b"[" + GOOD + b"]", headers=JSON)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_JSON")
    assert again.json()["accepted"] == 1


async def test_a_large_body_is_not_held_in_memory(client: Client) -> None:
    body = b"\n" * (60 * MEBIBYTE) + GOOD
    with at_most(10):
        response = await client.post("/v1/events", content=body, headers=NDJSON)
    assert response.json()["accepted"] == 1


def outcomes(path: Path) -> list[Any]:
    with EventFile(path) as events:
        return [isinstance(content, InvalidJson) for _, content in events]


def test_hostile_lines_of_a_file_are_refused_alone(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.ndjson.gz", "wb", 1) as file:
        for line in (DEEP, LONG_NUMBER, b"x" * (60 * MEBIBYTE), GOOD):
            file.write(line + b"\n")
    with at_most(110):
        assert outcomes(tmp_path / "a.ndjson.gz") == [True, True, True, False]


def test_a_row_without_end_is_refused(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.csv.gz", "wb", 1) as file:
        file.write(b"id,type,at\n1,t,x\n")
        for _ in range(60):
            file.write(b"," * MEBIBYTE)
    with at_most(160), pytest.raises(ServiceError) as refused:
        outcomes(tmp_path / "a.csv.gz")
    assert refused.value.code == "FILE_DAMAGED"


def test_an_array_of_any_size_is_read_in_flat_memory(tmp_path: Path) -> None:
    element = b'{"id": "1", "type": "goods.destroyed", "reason": "' + "喵".encode() * 300 + b'"}'
    with gzip.open(tmp_path / "a.json.gz", "wb", 1) as file:
        file.write(b"[" + element)
        for _ in range(40_000):
            file.write(b", " + element)
        file.write(b"]")
    with at_most(24):
        assert sum(1 for one in outcomes(tmp_path / "a.json.gz") if not one) == 40_001


def test_an_element_that_is_larger_than_an_event_can_be_ends_the_array() -> None:
    elements = read_array(io.BytesIO(b'[1, "' + b"x" * (34 * MEBIBYTE) + b'"]'))
    assert next(elements) == 1
    with pytest.raises(InvalidJson):
        next(elements)


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_lines_are_the_same_however_they_are_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "_PIECE", size)
    monkeypatch.setattr(ndjson, "MAX_EVENT", 20)
    data = b'{"a": 1}\r\n \n\n\t\r\n' + b"x" * 21 + b"\n[2]\n" + b" " * 30 + b"\n3" + b"\n" * 50 + b"4"
    told = [None if isinstance(one, InvalidJson) else one for one in ndjson.read_lines(io.BytesIO(data))]
    assert [one for one in told if one is not None] == [{"a": 1}, [2], 3, 4]
    assert told[:2] == [{"a": 1}, None]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_an_array_is_the_same_however_it_is_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "_PIECE", size)
    values = [12345, "喵[]{}", {"a": [1, {"b": None}]}, [], 1.5, True, '\\"', -7]
    text = json.dumps(values, ensure_ascii=False, indent=1)
    assert list(read_array(io.BytesIO(text.encode()))) == values
    assert list(read_array(io.BytesIO(text.encode()), skip=3)) == values[3:]
