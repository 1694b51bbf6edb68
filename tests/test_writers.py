"""Writers of one home take turns, in whichever process they are."""

import asyncio
from pathlib import Path

from graph_service.graph.embedded import locks
from graph_service.writers import Writers


async def test_writers_of_one_home_take_turns_and_show_that_they_wait(tmp_path: Path) -> None:
    large, small = Writers(tmp_path), Writers(tmp_path)  # as two processes have them
    order: list[str] = []

    async def write() -> None:
        async with small.turn(small=True):
            order.append("small")

    async with large.turn(small=False):
        assert not large.somebody_waits
        waiting = asyncio.create_task(write())
        while not large.somebody_waits:  # noqa: ASYNC110 - another thread waits for the kernel
            await asyncio.sleep(0.001)
        order.append("large")
    await waiting
    assert order == ["large", "small"]
    assert not large.somebody_waits


async def test_who_gives_up_waiting_leaves_the_turn_to_others(tmp_path: Path) -> None:
    one, other = Writers(tmp_path), Writers(tmp_path)

    async def write() -> None:
        async with other.turn(small=True):
            raise AssertionError("it gave up before")

    async with one.turn(small=True):
        waiting = asyncio.create_task(write())
        while not one.somebody_waits:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    while not locks.is_free(tmp_path / "writing.lock"):  # noqa: ASYNC110 - what the thread gets is given back
        await asyncio.sleep(0.001)
    async with one.turn(small=True):
        pass


async def test_without_a_home_only_one_process_takes_turns() -> None:
    writers = Writers()
    async with writers.turn(small=True):
        assert not writers.somebody_waits
