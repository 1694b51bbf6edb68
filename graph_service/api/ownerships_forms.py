"""The forms of `/v1/ownerships`: lines of JSON and Arrow streams, read as they come and written as they go."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.ipc

from graph_service.api.bodies_streamed import StreamedBody
from graph_service.api.errors import LimitExceeded
from graph_service.arrow_stream import Written
from graph_service.errors import ServiceError
from graph_service.goods.bulk_answers import SCHEMA, batch_of, ndjson_of
from graph_service.goods.bulk_questions import MAX_LINE, lines_asked, table_asked
from graph_service.goods.bulk_window import Answers

NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"

_LARGEST_READ = 64 * 2**20


async def lines_of(body: StreamedBody) -> AsyncIterator[Any]:
    """The questions of a body of lines, a piece at a time."""
    rest = b""
    first = 1
    while piece := await body.piece():
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > MAX_LINE:
            lines, rest = [*lines, rest], b""
        if lines:
            yield lines_asked(lines, first)
            first += len(lines)
    if rest:
        yield lines_asked([rest], first)


async def batches_of(body: StreamedBody) -> AsyncIterator[Any]:
    """The questions of an Arrow stream, a record batch at a time."""
    source = _Blocking(body, asyncio.get_running_loop())
    row = 1
    reader = None
    try:
        reader = await asyncio.to_thread(pa.ipc.open_stream, pa.PythonFile(source, mode="r"))
        # So that a schema that is wrong is told even where no batch follows.
        yield table_asked(pa.record_batch([pa.array([], one.type) for one in reader.schema], schema=reader.schema), row)
        while (batch := await asyncio.to_thread(_next_batch, reader)) is not None:
            yield table_asked(batch, row)
            row += len(batch)
    except (pa.ArrowException, OSError, LimitExceeded) as error:
        # What no schema came before is no stream, whatever size its first bytes seem to tell.
        if source.fault is not None and reader is not None:
            raise source.fault from None
        raise ServiceError(
            "INVALID_BODY", f"The body is no Arrow stream, or ends too early ({type(error).__name__})."
        ) from None


def _next_batch(reader: Any) -> Any:
    try:
        return reader.read_next_batch()
    except StopIteration:
        return None


class _Blocking:
    """A body as a file that a thread reads; the event loop does the waiting."""

    closed = False

    def __init__(self, body: StreamedBody, loop: asyncio.AbstractEventLoop) -> None:
        self.fault: Exception | None = None
        self._body = body
        self._loop = loop
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        """That many bytes, fewer at the end only."""
        try:
            _check_size(size)
            while len(self._held) < size:
                piece = asyncio.run_coroutine_threadsafe(self._body.piece(), self._loop).result()
                if not piece:
                    break
                self._held += piece
        except Exception as error:
            # Arrow makes another error of it.
            self.fault = error
            raise
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def readable(self) -> bool:
        """As files are asked."""
        return True

    def close(self) -> None:
        """The body is closed by whoever opened it."""


def _check_size(size: int) -> None:
    if size > _LARGEST_READ:
        raise LimitExceeded("Bytes of a record batch", size, _LARGEST_READ)


class Writer(Protocol):
    """Makes bytes of answers."""

    def start(self) -> bytes:
        """What comes first."""
        ...

    def part(self, answers: Answers) -> bytes:
        """A slice."""
        ...

    def end(self) -> bytes:
        """What comes last."""
        ...

    def broken(self, error: Mapping[str, Any]) -> bytes | None:
        """What comes last when it broke off; None where the form has nothing to say it by."""
        ...


class LinesWriter:
    """A JSON object a line."""

    def start(self) -> bytes:
        """Nothing."""
        return b""

    def part(self, answers: Answers) -> bytes:
        """A line each."""
        return ndjson_of(answers)

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def broken(self, error: Mapping[str, Any]) -> bytes | None:
        """A line that holds only the error."""
        return json.dumps({"error": error}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class ArrowWriter:
    """An Arrow stream of `SCHEMA`."""

    def __init__(self) -> None:
        self._pieces = Written()
        self._writer = pa.ipc.new_stream(self._pieces, SCHEMA)

    def start(self) -> bytes:
        """The schema."""
        return self._pieces.take()

    def part(self, answers: Answers) -> bytes:
        """A record batch."""
        self._writer.write_batch(batch_of(answers))
        return self._pieces.take()

    def end(self) -> bytes:
        """The mark of the end."""
        self._writer.close()
        return self._pieces.take()

    def broken(self, error: Mapping[str, Any]) -> bytes | None:
        """A stream without the mark of its end is broken."""
        return None
