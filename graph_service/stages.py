"""Stages of work that go on at once: while one part is looked at, the stage before makes the next."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from graph_service.ahead import give_up

Part = TypeVar("Part")


async def made_ahead(parts: AsyncGenerator[Part, None]) -> AsyncGenerator[Part, None]:
    """The parts in their order, each made while the one before it is looked at; they are closed with this."""
    end = object()
    following = asyncio.ensure_future(anext(parts, end))
    try:
        while (part := await following) is not end:
            following = asyncio.ensure_future(anext(parts, end))
            yield part  # type: ignore[misc]
    finally:
        await give_up(following)
        await parts.aclose()
