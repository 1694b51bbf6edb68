"""Work that goes on while its neighbour is looked at: the server fetches and writes while Python decides."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

Part = TypeVar("Part")
Found = TypeVar("Found")


def parts_of(keys: Sequence[Part], size: int) -> list[Sequence[Part]]:
    """Keys in parts of a size, in order; none of none."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]


async def made_ahead(parts: AsyncGenerator[Part, None]) -> AsyncGenerator[Part, None]:
    """The parts in their order, each made while the one before it is looked at; they are closed with this.

    Whoever looks at one long lets the loop go on now and then (`asyncio.sleep(0)`), and closes this when leaving early.
    """
    end = object()
    following = asyncio.ensure_future(anext(parts, end))
    try:
        while (part := await following) is not end:
            following = asyncio.ensure_future(anext(parts, end))
            # So that a request is on its way before the caller keeps the loop busy.
            await asyncio.sleep(0)
            yield part  # type: ignore[misc]
    finally:
        await give_up(following)
        await parts.aclose()


def fetched_ahead(parts: Iterable[Part], fetch: Callable[[Part], Awaitable[Found]]) -> AsyncGenerator[Found, None]:
    """What is fetched for parts, in their order; while one is looked at, the next is fetched."""

    async def fetched() -> AsyncGenerator[Found, None]:
        for part in parts:
            yield await fetch(part)

    return made_ahead(fetched())


class WriteBehind:
    """Lets one piece of work go on in the background; the next waits for it, and so does the end of the block."""

    def __init__(self) -> None:
        self._under_way: asyncio.Future[Any] | None = None

    async def put(self, work: Coroutine[Any, Any, Any]) -> None:
        """Starts work when what was put before is done.

        Raises:
            Exception: what that raised; the new work is not done then.
        """
        try:
            await self._settle()
        except BaseException:
            work.close()
            raise
        self._under_way = asyncio.ensure_future(work)
        await asyncio.sleep(0)

    async def _settle(self) -> None:
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            await under_way

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            await self._settle()
        elif self._under_way is not None:
            await give_up(self._under_way)


async def give_up(under_way: "asyncio.Future[Any]") -> None:
    """Ends work that nobody waits for any more; what it came to, or raised, is lost."""
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
