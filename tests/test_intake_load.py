"""Intake under load: who is let in, who goes first, and what is told when it breaks off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from neo4j.exceptions import ServiceUnavailable

from graph_service import turns
from graph_service.api import events_route
from graph_service.api.door import Door
from graph_service.disk import Disk
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection
from graph_service.health import watching
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder, Report
from tests.serving import Client, app_of, client_of, settings_of

NDJSON = {"content-type": "application/x-ndjson"}
MUTATION = "mutation($e: [JSON!]!) { recordEvents(events: $e) { accepted duplicates } }"


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as running:
        yield running


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)


def scans(name: str, count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"{name}-{n}", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": f"{name}{n}"}
        for n in range(count)
    ]


def lines(events: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(event).encode() for event in events)


async def test_a_full_queue_refuses_before_anything_is_taken(
    graph: Graph, keys: IdentifierKeys, tmp_path: Path
) -> None:
    recorder = Recorder(graph, keys, most_waiting=3)  # its writer does not run yet
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        first = asyncio.create_task(client.post("/v1/events", json=scans("first", 3)))
        await until(lambda: bool(recorder._turns._small))

        refused = await client.post("/v1/events", json=scans("second", 1))
        told = await client.post("/graphql", json={"query": MUTATION, "variables": {"e": scans("third", 1)}})

        async with recorder.running():
            taken = await first
            later = await client.post("/v1/events", json=scans("second", 1))

    assert (refused.status_code, refused.json()["code"]) == (503, "BUSY")
    assert int(refused.headers["retry-after"]) > 0
    assert (told.status_code, told.json()["errors"][0]["extensions"]["code"]) == (503, "BUSY")
    assert int(told.headers["retry-after"]) > 0
    assert (taken.json()["accepted"], later.json()["accepted"]) == (3, 1)


async def test_a_request_larger_than_the_bound_is_taken_when_nothing_else_waits(
    graph: Graph, keys: IdentifierKeys
) -> None:
    async with Recorder(graph, keys, most_waiting=3).running() as recorder:
        recorder.require_room(100)
        assert (await recorder.record(scans("large", 10), as_admin=True)).accepted == 10


async def test_only_so_many_large_bodies_are_inside() -> None:
    door = Door(most=1)
    with door.entered(large=True):
        with pytest.raises(ServiceError) as refused, door.entered(large=True):
            pass
        with door.entered(large=False):
            pass
    with door.entered(large=True):
        pass
    assert refused.value.code == "BUSY"


async def test_a_small_request_does_not_wait_for_a_large_one(client: Client, recorder: Recorder) -> None:
    await client.record(*scans("before", 1))  # somebody waits for answers, so portions are short
    large = asyncio.create_task(client.post("/v1/events", content=lines(scans("large", 3_000)), headers=NDJSON))
    await until(lambda: bool(recorder._turns._large))
    for n in range(3):
        assert (await client.record(*scans(f"small{n}", 1)))["accepted"] == 1
        assert not large.done()
    assert (await large).json()["accepted"] == 3_000


async def test_slices_of_a_body_stay_in_order_so_that_the_first_of_two_events_with_one_id_counts(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_route, "SLICE", 150)
    events = scans("order", 301)
    events[-1] = events[0] | {"code": "another"}
    await client.record(*scans("before", 1))

    report = (await client.post("/v1/events", content=lines(events), headers=NDJSON)).json()

    assert report["accepted"] == 300
    assert [(one["index"], one["code"]) for one in report["rejected"]] == [(300, "ID_CONFLICT")]


async def test_what_was_recorded_is_told_when_a_body_breaks_off(
    client: Client, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_route, "SLICE", 10)
    write, calls = graph.write, 0

    async def lose(work: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise ServiceUnavailable
        return await write(work)

    monkeypatch.setattr(graph, "write", lose)
    events = scans("broken", 50)
    broken = await client.post("/v1/events", content=lines(events), headers=NDJSON)
    monkeypatch.undo()
    again = (await client.post("/v1/events", content=lines(events), headers=NDJSON)).json()

    told = broken.json()
    assert (broken.status_code, told["code"]) == (503, "UNAVAILABLE")
    assert int(broken.headers["retry-after"]) > 0
    assert "twice" in told["message"]
    assert (told["recorded"]["accepted"], told["recorded"]["duplicates"]) == (20, 0)
    assert told["recorded"]["token"]
    assert (again["accepted"], again["duplicates"]) == (30, 20)


async def test_one_request_that_fails_takes_no_other_along(
    graph: Graph, keys: IdentifierKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = graph.write

    async def fail_on_poison(work: Any) -> Any:
        if any("poison" in cell.cell_contents[0].arrival.id for cell in work.__closure__ if _holds_events(cell)):
            raise RuntimeError("poison")
        return await write(work)

    monkeypatch.setattr(graph, "write", fail_on_poison)
    recorder = Recorder(graph, keys)
    requests = [asyncio.create_task(recorder.record(scans(name, 1), as_admin=True)) for name in ("poison", "good")]
    await until(lambda: len(recorder._turns._small) == 2)
    async with recorder.running():
        poison, good = await asyncio.gather(*requests, return_exceptions=True)
    assert isinstance(poison, RuntimeError)
    assert isinstance(good, Report)
    assert good.accepted == 1


def _holds_events(cell: Any) -> bool:
    return isinstance(cell.cell_contents, list) and bool(cell.cell_contents)


async def test_a_lost_graph_refuses_at_once_and_comes_back(client: Client, graph: Graph) -> None:
    graph.is_lost = True
    try:
        refused = await client.post("/v1/events", json=scans("lost", 1))
        read = await client.post("/graphql", json={"query": '{ ownerships(queries: [{code: "U1"}]) { status } }'})
        ready = await client.http.get("/readyz")
    finally:
        graph.is_lost = False
    for answer in (refused, ready):
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert int(answer.headers["retry-after"]) > 0
    assert (read.status_code, read.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert (await client.record(*scans("lost", 1)))["accepted"] == 1


async def test_the_watch_marks_a_server_that_is_gone(
    connection: Connection, keys: IdentifierKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(connection) as own:
        recorder = Recorder(own, keys)

        async def gone() -> None:
            raise ServiceUnavailable

        with monkeypatch.context() as patched:
            patched.setattr(own, "ping", gone)
            async with watching(own, recorder, settings_of(tmp_path), is_embedded=False):
                await until(lambda: own.is_lost)
                patched.undo()
                await until(lambda: not own.is_lost)


async def test_a_full_disk_closes_intake_and_not_the_rest(
    client: Client, recorder: Recorder, graph: Graph, tmp_path: Path
) -> None:
    full = settings_of(tmp_path, least_free_mb=10**9)
    async with watching(graph, recorder, full, is_embedded=True):
        await until(lambda: recorder.closed is not None)
    try:
        refused = await client.post("/v1/events", json=scans("full", 1))
        ready = await client.http.get("/readyz")
        answer = await client.ask('{ ownerships(queries: [{code: "U1"}]) { status } }')
    finally:
        recorder.closed = None
    assert (refused.status_code, refused.json()["code"]) == (503, "DISK_FULL")
    assert int(refused.headers["retry-after"]) > 0
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "intake": "DISK_FULL"})
    assert "errors" not in answer


def test_a_disk_that_gets_low_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk(settings_of(tmp_path, least_free_mb=0, low_free_mb=10**9))
    assert [disk.problem(), disk.problem()] == [None, None]
    assert len([record for record in caplog.records if "free" in record.message]) == 1


def test_a_home_that_cannot_be_written_is_noticed(tmp_path: Path) -> None:
    problem = Disk(settings_of(tmp_path / "gone")).problem()
    assert problem is not None
    assert problem.code == "HOME_NOT_WRITABLE"


def test_portions_are_short_only_while_somebody_waits() -> None:
    pace = turns.Turns().pace
    pace.learn(100, 0.1)
    assert 20 * pace.portion(watched=True) == pace.portion(watched=False) > 400
    assert turns.Turns().pace.portion(watched=False) < 100  # who else writes is not known yet
    assert 25 <= pace.portion(watched=True) < 200
    for _ in range(20):
        pace.learn(100, 5.0)
    assert pace.portion(watched=True) == 25
