"""Work ahead and behind: in order, beside each other, and with no loose end when one of them fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from graph_service.ahead import WriteBehind, fetched_ahead, made_ahead, parts_of


class Source:
    """Numbers, with a note of which were begun and whether it was closed."""

    def __init__(self, count: int, fault: Exception | None = None) -> None:
        self.begun: list[int] = []
        self.is_closed = False
        self._count = count
        self._fault = fault

    async def parts(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self._count):
                self.begun.append(number)
                await asyncio.sleep(0)
                yield number
            if self._fault is not None:
                raise self._fault
        finally:
            self.is_closed = True


def test_parts_hold_everything_in_order() -> None:
    assert parts_of([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
    assert parts_of([], 2) == []


async def test_parts_come_in_order_and_one_is_made_ahead() -> None:
    source = Source(5)
    begun = []
    came = []

    async for part in made_ahead(source.parts()):
        for _ in range(5):
            await asyncio.sleep(0)
        begun.append(max(source.begun))
        came.append(part)

    assert came == [0, 1, 2, 3, 4]
    assert begun == [1, 2, 3, 4, 4]
    assert source.is_closed


async def test_a_fault_comes_after_the_parts_before_it() -> None:
    source = Source(2, ValueError("broken"))
    came = []

    with pytest.raises(ValueError, match="broken"):
        async for part in made_ahead(source.parts()):
            came.append(part)  # noqa: PERF401 - what came before the fault counts

    assert came == [0, 1]


async def test_leaving_early_closes_what_makes_parts() -> None:
    source = Source(5)
    parts = made_ahead(source.parts())

    assert await anext(parts) == 0
    await parts.aclose()

    assert source.is_closed
    assert max(source.begun) <= 1


async def test_the_next_is_fetched_while_one_is_looked_at() -> None:
    happened: list[str] = []

    async def fetch(part: int) -> int:
        happened.append(f"ask {part}")
        await asyncio.sleep(0)
        return part

    async with contextlib.aclosing(fetched_ahead([1, 2, 3], fetch)) as found:
        async for one in found:
            happened += [f"look at {one}"]

    assert happened == ["ask 1", "ask 2", "look at 1", "ask 3", "look at 2", "look at 3"]


async def test_what_is_fetched_ahead_is_given_up_with_the_rest() -> None:
    given_up: list[int] = []

    async def fetch(part: int) -> int:
        if part > 1:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                given_up.append(part)
                raise
        return part

    async with contextlib.aclosing(fetched_ahead([1, 2, 3], fetch)) as found:
        async for one in found:
            assert one == 1
            break

    assert given_up == [2]


async def test_what_a_fetch_raises_is_raised_as_it_is() -> None:
    async def fetch(part: int) -> int:
        raise KeyError(part)

    with pytest.raises(KeyError, match="1"):
        await anext(fetched_ahead([1, 2], fetch))


async def test_one_write_at_a_time_and_all_by_the_end() -> None:
    happened: list[str] = []

    async def write(what: str) -> None:
        happened.append(f"begin {what}")
        await asyncio.sleep(0.001)
        happened.append(f"end {what}")

    async with WriteBehind() as behind:
        await behind.put(write("a"))
        happened.append("decide b")
        await behind.put(write("b"))

    assert happened == ["begin a", "decide b", "end a", "begin b", "end b"]


async def test_a_write_that_fails_ends_what_follows() -> None:
    written: list[str] = []

    async def fail() -> None:
        raise KeyError("a")

    async def write() -> None:
        written.append("b")

    with pytest.raises(KeyError, match="a"):
        async with WriteBehind() as behind:
            await behind.put(fail())
            await behind.put(write())

    assert written == []
