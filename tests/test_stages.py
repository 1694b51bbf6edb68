"""Stages of work: order, going on at once, faults, and an early end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from graph_service.stages import made_ahead


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
