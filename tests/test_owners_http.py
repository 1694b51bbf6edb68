"""`POST /v1/ownerships`: forms, faults, and streams that neither fill memory nor get stuck."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.ipc
import pytest
import pytest_asyncio

from graph_service.api import ownerships_route
from graph_service.api.ownerships_forms import ARROW, NDJSON
from graph_service.api.viewer import Role
from graph_service.goods.bulk_answers import SCHEMA
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder
from tests.bulk_answers import one_by_one, written_time
from tests.demonstration import demo_events, demo_world, fill_with_demo
from tests.listening import listening
from tests.model.codes import named_codes
from tests.serving import app_of, settings_of, token

AT = "2026-07-20T00:00:00Z"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(
    migrated: Graph, keys: IdentifierKeys, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    await fill_with_demo(migrated, keys)
    home: Path = tmp_path_factory.mktemp("home")
    async with (
        Recorder(migrated, keys).running() as recorder,
        listening(app_of(migrated, keys, recorder, settings_of(home))) as running,
    ):
        yield running


def some_codes(count: int) -> list[str]:
    return random.Random(7).choices(sorted(named_codes(demo_world().facts)), k=count)


def lines(codes: list[str], at: str | None = AT) -> bytes:
    return b"".join(json.dumps({"code": code, "at": at}, ensure_ascii=False).encode() + b"\n" for code in codes)


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    data: bytes = sink.getvalue().to_pybytes()
    return data


async def post(address: str, content: Any, role: Role = Role.JOB, **headers: Any) -> httpx.Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    async with httpx.AsyncClient(timeout=60) as http:
        return await http.post(
            f"{address}/v1/ownerships",
            content=content,
            headers={"authorization": f"Bearer {token(role)}", "content-type": NDJSON} | named,
        )


async def test_lines_are_answered_in_the_order_asked(address: str, migrated: Graph) -> None:
    codes = [*some_codes(500), "unknown", "U\\n"]

    response = await post(address, lines(codes))

    assert (response.status_code, response.headers["content-type"]) == (200, NDJSON)
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert list(answers[0]) == SCHEMA.names
    expected = await one_by_one(migrated, [(code, parse_instant(AT)) for code in codes], 0)
    assert answers == [row | {"at": written_time(row["at"])} for row in expected]


@pytest.mark.parametrize("sent", [NDJSON, ARROW])
@pytest.mark.parametrize("accept", [None, NDJSON, ARROW, "*/*", f"{NDJSON};q=0.5, {ARROW}"])
async def test_every_form_goes_in_and_comes_out(address: str, sent: str, accept: str | None) -> None:
    codes = some_codes(300)
    content = lines(codes) if sent == NDJSON else stream(pa.table({"code": codes, "at": [AT] * len(codes)}))

    response = await post(address, content, content_type=sent, accept=accept or "")

    wanted = {None: sent, "*/*": sent, NDJSON: NDJSON}.get(accept, ARROW)
    assert (response.status_code, response.headers["content-type"]) == (200, wanted)
    if wanted == ARROW:
        table = pa.ipc.open_stream(response.content).read_all()
        assert table.schema == SCHEMA
        assert table.column("code").to_pylist() == codes
    else:
        assert [json.loads(line)["code"] for line in response.text.splitlines()] == codes


@pytest.mark.parametrize("kind", [pa.timestamp("ns", "Asia/Shanghai"), pa.timestamp("s", "UTC"), pa.string()])
async def test_times_of_tables_may_be_of_any_kind(address: str, kind: pa.DataType) -> None:
    times = pa.array([AT, None]).cast(pa.timestamp("s", "UTC") if kind == pa.string() else kind)
    times = pa.array([AT, None]) if kind == pa.string() else times
    table = pa.table({"at": times, "code": pa.array(["U1", "U2"]).dictionary_encode()})

    response = await post(address, stream(table), content_type=ARROW, accept=NDJSON)

    first, second = (json.loads(line) for line in response.text.splitlines())
    assert first["at"] == AT
    assert second["at"] > "2026-10"


async def test_nothing_is_answered_with_nothing(address: str) -> None:
    assert (await post(address, b"\n \n")).content == b""
    empty = await post(address, stream(pa.table({"code": pa.array([], pa.string())})), content_type=ARROW)
    assert pa.ipc.open_stream(empty.content).read_all().num_rows == 0


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{}\n", {}, 400, "INVALID_FIELD"),
        (b'{"code": "U1"}\nnonsense\n', {}, 400, "INVALID_JSON"),
        (b'{"code": "U1", "at": "now"}', {}, 400, "INVALID_TIME"),
        (b'{"code": "U1", "t": null}', {}, 400, "UNKNOWN_FIELD"),
        (b"x" * 1_000_000, {}, 400, "INVALID_JSON"),
        (b"nonsense", {"content_type": ARROW}, 400, "INVALID_BODY"),
        (stream(pa.table({"code": ["U1"]}))[:-40], {"content_type": ARROW}, 400, "INVALID_BODY"),
        (stream(pa.table({"code": [7]})), {"content_type": ARROW}, 400, "INVALID_FIELD"),
        (stream(pa.table({"item": ["U1"]})), {"content_type": ARROW}, 400, "INVALID_FIELD"),
        (stream(pa.table({"code": ["U1"], "x": [1]})), {"content_type": ARROW}, 400, "UNKNOWN_FIELD"),
        (stream(pa.table({"code": ["U1"], "at": [1]})), {"content_type": ARROW}, 400, "INVALID_TIME"),
        (b"", {"content_type": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", {"content_encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"", {"accept": "text/html"}, 406, "NOT_ACCEPTABLE"),
        (b"", {"x_consistency_token": "nonsense"}, 400, "INVALID_CONSISTENCY_TOKEN"),
    ],
)
async def test_what_is_wrong_before_the_answer_begins_is_an_error(
    address: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    response = await post(address, content, Role.JOB, **headers)

    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("role", Role)
async def test_whoever_may_read_ownership_may_read_much_of_it(address: str, role: Role) -> None:
    response = await post(address, lines(["U1"]), role)

    assert response.status_code == (200 if role in {Role.ADMIN, Role.JOB, Role.ANALYST} else 403)


async def broken_on_the_way() -> AsyncIterator[bytes]:
    """A sender that pauses, so that its first lines are answered, before a line that is wrong."""
    yield lines(some_codes(1_000))
    await asyncio.sleep(2)
    yield b'{"code": ""}\n' + lines(["U1"])


async def test_a_fault_on_the_way_ends_the_lines_with_an_error(address: str) -> None:
    response = await post(address, broken_on_the_way())

    assert response.status_code == 200
    *answers, last = (json.loads(line) for line in response.text.splitlines())
    assert len(answers) == 1_000
    assert all("status" in answer for answer in answers)
    assert last.keys() == {"error"}
    assert (last["error"]["code"], last["error"]["path"]) == ("INVALID_FIELD", "1001.code")


async def test_a_fault_on_the_way_breaks_a_table_off(address: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await post(address, broken_on_the_way(), accept=ARROW)


async def test_a_read_with_the_token_of_a_write_sees_it(address: str) -> None:
    event = {"id": "bulk-1", "type": "party.registered", "at": AT, "party": {"id": "B-1", "kind": "STORE", "name": "x"}}
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token()}"}) as http:
        recorded = (await http.post(f"{address}/v1/events", json=[event])).json()

    response = await post(address, lines(["U1"]), x_consistency_token=recorded["token"])

    assert response.status_code == 200
    assert len(demo_events()) > 1


async def connected(address: str, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has sent the head of a request."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /v1/ownerships HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token(Role.JOB)}\r\n"
        f"Content-Type: {NDJSON}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    writer.write(head.encode() + sent)
    return reader, writer


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def test_a_sender_that_pauses_gets_its_answers(address: str) -> None:
    reader, writer = await connected(address)
    for code in ("MW26070000001", "unknown"):
        writer.write(chunk(lines([code])))
        async with asyncio.timeout(20):
            while code.encode() not in (line := await reader.readline()):
                assert line
    writer.write(b"0\r\n\r\n")
    async with asyncio.timeout(20):
        assert (await reader.readuntil(b"0\r\n\r\n")).endswith(b"0\r\n\r\n")
    writer.close()


async def test_a_sender_that_reads_nothing_before_it_has_sent_all_does_not_get_stuck(address: str) -> None:
    """The answers are more than fits into the buffers on the way."""
    codes = some_codes(150_000)
    reader, writer = await connected(address)
    async with asyncio.timeout(120):
        for place in range(0, len(codes), 1_000):
            writer.write(chunk(lines(codes[place : place + 1_000])))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        answered, tail = 0, b""
        while not tail.endswith(b"\r\n0\r\n\r\n"):
            piece = await reader.read(2**20)
            assert piece
            # A line's end may be cut in two by a piece's end, so what is left over is looked at again.
            *whole, tail = (tail + piece).split(b"}\n")
            answered += len(whole)
    assert answered == len(codes)
    writer.close()


async def test_a_reader_that_leaves_ends_the_work(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()
    whole = ownerships_route.OwnershipsResponse.__call__

    async def noticed(*arguments: Any) -> None:
        await whole(*arguments)
        ended.set()

    monkeypatch.setattr(ownerships_route.OwnershipsResponse, "__call__", noticed)
    _, writer = await connected(address, chunk(lines(some_codes(100_000))))
    await writer.drain()
    await asyncio.sleep(1)
    writer.transport.abort()
    async with asyncio.timeout(20):
        await ended.wait()
