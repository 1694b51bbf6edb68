"""Writers take turns: those of one process, and of all processes of a home.

The graph's own lock keeps them apart, too, but whoever waits for it looks only now and then, so that a process which
writes without a pause takes it again and again. Here the kernel wakes who waits, and who writes much can see that
somebody with little to write waits.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from graph_service.graph.embedded import locks


class Writers:
    """The writers of a home.

    Args:
        home: whose processes take turns; without one only this process's writers do.
    """

    def __init__(self, home: Path | None = None) -> None:
        if home is not None:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)  # with NEO4J_URI nothing else may have made it yet
        self._within = asyncio.Lock()
        self._turn = None if home is None else home / "writing.lock"
        self._waiting = None if home is None else home / "waiting.lock"

    @property
    def somebody_waits(self) -> bool:
        """Whether another process waits with something small to write."""
        return self._waiting is not None and not locks.is_free(self._waiting)

    @asynccontextmanager
    async def turn(self, *, small: bool) -> AsyncIterator[None]:
        """Nobody else writes while the block lasts.

        Args:
            small: whether others are to see that this one waits.
        """
        async with self._within:
            if self._turn is None:
                yield
                return
            descriptor = locks.try_exclusive(self._turn)
            if descriptor is None:
                descriptor = await self._wait(self._turn, small=small)
            with locks.held(descriptor):
                yield

    async def _wait(self, turn: Path, *, small: bool) -> int:
        def wait() -> int:
            with locks.shared(self._waiting) if small and self._waiting is not None else nullcontext():
                return locks.wait_exclusive(turn)

        waiting = asyncio.ensure_future(asyncio.to_thread(wait))
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            # The thread goes on waiting; what it gets is given back.
            waiting.add_done_callback(lambda done: os.close(done.result()))
            raise
