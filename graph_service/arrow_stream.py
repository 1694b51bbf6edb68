"""An Arrow stream that is sent while it is written."""

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.ipc


class Written(io.RawIOBase):
    """A file for Arrow to write to, from which one takes what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: Any) -> int:
        """Keeps a copy: Arrow uses its buffer again."""
        copy = bytes(piece)
        self._pieces.append(copy)
        self._size += len(copy)
        return len(copy)

    def tell(self) -> int:
        """How much was written in all, in bytes."""
        return self._size

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def stream_of(table: Any, rows: int) -> Iterator[bytes]:
    """The stream of a table, in pieces of at most so many rows."""
    written = Written()
    with pa.ipc.new_stream(written, table.schema) as writer:
        for batch in table.to_batches(max_chunksize=rows):
            writer.write_batch(batch)
            yield written.take()
    yield written.take()
