"""The body of a request that is answered while it still comes."""

import asyncio
import io
import tempfile
from typing import IO

from starlette.requests import ClientDisconnect
from starlette.types import Receive

MOST_ASIDE = 8 * 2**30

_PIECE = 2**18


class StreamedBody:
    """Gives a body piece by piece, and takes no more of it than it gave: the sender waits.

    Most clients read no answer before they have sent everything. When they get stuck, because the answer has no room
    on the way any more, the rest of the body is set aside on disk, so that memory stays flat and both go on.

    Args:
        receive: of the ASGI server.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._reading = asyncio.Lock()
        self._is_whole = asyncio.Event()
        self._aside: IO[bytes] | None = None
        self._aside_from = self._aside_to = 0

    async def piece(self) -> bytes:
        """The next piece; empty at the end.

        Raises:
            ClientDisconnect: when the sender is gone.
        """
        async with self._reading:
            if self._aside is not None and self._aside_from < self._aside_to:
                self._aside.seek(self._aside_from)
                piece = self._aside.read(min(_PIECE, self._aside_to - self._aside_from))
                self._aside_from += len(piece)
                return piece
            return await self._arriving()

    async def _arriving(self) -> bytes:
        while not self._is_whole.is_set():
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            if not message.get("more_body", False):
                self._is_whole.set()
            if message.get("body"):
                return bytes(message["body"])
        return b""

    async def set_aside(self) -> None:
        """Takes what comes to the disk, until the body ends, or this is cancelled, or the disk has had enough."""
        while not self._is_whole.is_set() and self._aside_to < MOST_ASIDE:
            async with self._reading:
                # Cancelled while it waits, it has taken nothing.
                piece = await self._arriving()
                if self._aside is None:
                    self._aside = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the body
                self._aside.seek(0, io.SEEK_END)
                self._aside.write(piece)
                self._aside_to += len(piece)

    async def drain(self, most: int) -> None:
        """Reads and throws away what still comes, so that the sender gets to read the answer.

        Args:
            most: how many bytes at most.
        """
        size = 0
        while size < most and (piece := await self.piece()):
            size += len(piece)

    async def abandoned(self) -> None:
        """Returns when the sender is gone; before the body is whole, reading it tells."""
        await self._is_whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def close(self) -> None:
        """Gives the disk back."""
        if self._aside is not None:
            self._aside.close()
