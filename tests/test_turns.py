"""Who waits for whom before small requests are written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from graph_service import turns
from graph_service.intake.envelope import open_envelope
from graph_service.intake.prepared import Prepared, prepare
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import now
from graph_service.turns import Portion, Turns, Waiting

PATIENCE = 30.0


@pytest.fixture
def events(keys: IdentifierKeys) -> Sequence[Prepared]:
    content = {"id": "E-1", "type": "goods.scanned", "at": "2026-05-02T00:00:00Z", "code": "C-1"}
    return [prepare(open_envelope(0, content, now=now(), may_set_recorded_at=False), keys)]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """Lines in which who gathers has all the time in the world."""
    monkeypatch.setattr(turns, "_GATHERING_SECONDS", 2 * PATIENCE)
    return Turns()


def request(events: Sequence[Prepared], source: object | None = None) -> Waiting:
    return Waiting(events, source, asyncio.get_running_loop().create_future())


async def taken(line: Turns) -> list[Portion]:
    async with asyncio.timeout(PATIENCE):
        return await line.take()


async def answer(line: Turns, events: Sequence[Prepared], count: int) -> None:
    """Has some requests written together."""
    for _ in range(count):
        line.put(request(events))
    assert len(await taken(line)) == count


async def waits(line: Turns) -> asyncio.Task[list[Portion]]:
    """The writer, that looks for work and has none yet."""
    writer = asyncio.create_task(taken(line))
    await asyncio.sleep(0)
    return writer


async def test_who_asks_again_is_written_with_the_others(line: Turns, events: Sequence[Prepared]) -> None:
    await answer(line, events, 3)
    writer = await waits(line)
    for written in (False, False, True):
        line.put(request(events))
        for _ in range(5):
            await asyncio.sleep(0)
        assert writer.done() is written
    assert len(await writer) == 3


async def test_who_waited_meanwhile_is_counted_too(line: Turns, events: Sequence[Prepared]) -> None:
    await answer(line, events, 1)
    line.put(request(events))
    writer = await waits(line)
    line.put(request(events))
    assert len(await writer) == 2


async def test_one_alone_waits_for_nobody(line: Turns, events: Sequence[Prepared]) -> None:
    for _ in range(3):
        writer = await waits(line)
        line.put(request(events))
        assert len(await writer) == 1


async def test_where_nobody_asks_again_nobody_is_waited_for(
    events: Sequence[Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Turns()
    await answer(line, events, 2)
    await answer(line, events, 1)
    monkeypatch.setattr(turns, "_GATHERING_SECONDS", 2 * PATIENCE)
    line.put(request(events))
    line.put(request(events))
    assert len(await taken(line)) == 2
    await answer(line, events, 1)


async def test_large_requests_do_not_wait_for_small_ones_to_gather(line: Turns, events: Sequence[Prepared]) -> None:
    await answer(line, events, 2)
    large = request(events, source=object())
    line.put(large)
    assert [waiting for waiting, _ in await taken(line)] == [large]
