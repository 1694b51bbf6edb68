"""Files of events: `.ndjson`, `.json`, `.csv`, `.parquet`, each also gzipped, as one stream in flat memory.

Blank lines are not counted.
"""

import errno
import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

from graph_service.errors import ServiceError
from graph_service.intake.json_array import read_array
from graph_service.intake.ndjson import read_lines
from graph_service.intake.strict_json import InvalidJson

FORMS = (".ndjson", ".json", ".csv", ".parquet")
LEFT_FREE = 1024 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024


class EventFile:
    """A file of events that is open; iterating gives each one's index and its JSON value, or why it is none.

    Args:
        path: whose suffix says the form.

    Attributes:
        share: how much of it is read, from 0 to 1.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX`, `FILE_UNREADABLE`; while iterating also `FILE_DAMAGED`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.share = 0.0
        self._form = _form_of(path)
        try:
            self._raw: BinaryIO = path.open("rb")
            self._size = max(1, path.stat().st_size)
            is_gzip = self._raw.read(2) == _GZIP
            self._raw.seek(0)
        except OSError as error:
            raise _unreadable(path, error) from None
        # By its first bytes: what was unpacked on the way often keeps the name.
        self._data: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if is_gzip else self._raw

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.close()
        self._raw.close()

    def __iter__(self) -> Iterator[tuple[int, Any | InvalidJson]]:
        yield from self.since(0)

    def since(self, first: int) -> Iterator[tuple[int, Any | InvalidJson]]:
        """The events from an index on; those before are passed over without being looked into."""
        try:
            yield from enumerate(self._contents(first), first)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise self._damaged("its gzip data are cut short or damaged") from None
        except OSError as error:
            raise _unreadable(self.path, error) from None
        self.share = 1.0

    def _contents(self, skip: int) -> Iterator[Any | InvalidJson]:
        if self._form in {".csv", ".parquet"}:
            yield from self._table(skip)
            return
        try:
            for content in (read_lines if self._form == ".ndjson" else read_array)(self._data, skip=skip):
                self._advance(self._raw.tell() / self._size)
                yield content
        except InvalidJson as fault:
            raise self._damaged(f"it is no JSON array of events: {fault}") from None

    def _table(self, skip: int) -> Iterator[Any | InvalidJson]:
        from graph_service.intake.tables import UnusableTable, read_csv, read_parquet  # noqa: PLC0415 - loads pyarrow

        try:
            if self._form == ".parquet":
                with _seekable(self._data, self._raw) as whole:
                    yield from read_parquet(whole, self._advance, skip=skip)
            else:
                for content in read_csv(self._data, skip=skip):
                    self._advance(self._raw.tell() / self._size)
                    yield content
        except UnusableTable as fault:
            raise self._damaged(str(fault)) from None

    def _advance(self, share: float) -> None:
        self.share = share

    def _damaged(self, why: str) -> ServiceError:
        return ServiceError(
            "FILE_DAMAGED",
            f"{self.path} can't be read: {why}.",
            remedy="Repair the file and ingest it again; events that are there already count as duplicates.",
        )


def _form_of(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    if not suffixes or suffixes[-1] not in FORMS:
        raise ServiceError(
            "UNKNOWN_SUFFIX",
            f"{path} has no suffix of a file of events.",
            remedy=f"Name it {', '.join(FORMS)}, or the same with .gz.",
        )
    return suffixes[-1]


def _seekable(data: BinaryIO, raw: BinaryIO) -> IO[bytes]:
    """Parquet is read from its end, so a gzipped one is unpacked to the disk first, as far as that has room."""
    if data is raw:
        return raw
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    while piece := data.read(_PIECE):
        unpacked.write(piece)
        if unpacked.tell() % (64 * _PIECE) == 0 and shutil.disk_usage(tempfile.gettempdir()).free < LEFT_FREE:
            unpacked.close()
            raise OSError(errno.ENOSPC, "unpacked it would fill the disk")
    unpacked.seek(0)
    return unpacked


def _unreadable(path: Path, error: OSError) -> ServiceError:
    return ServiceError(
        "FILE_UNREADABLE",
        f"{path} can't be read: {error.strerror or type(error).__name__}.",
        remedy="Check its name and permissions.",
    )
