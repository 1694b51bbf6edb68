"""Work ahead and behind: in order, beside each other, and with no loose end when one of them fails."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from graph_service.ahead import WriteBehind, fetched_ahead, parts_of


def test_parts_hold_everything_in_order() -> None:
    assert parts_of([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
    assert parts_of([], 2) == []


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
