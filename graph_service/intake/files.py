"""Files of events: `.ndjson`, `.json`, `.csv`, `.parquet`, each also gzipped, as one stream in flat memory.

(A `.json` is one array and is read whole.) Blank lines are not counted.
"""

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
from graph_service.intake.strict_json import InvalidJson, loads

FORMS = (".ndjson", ".json", ".csv", ".parquet")
MAX_LINE = 64 * 1024 * 1024
MAX_ARRAY = 1024 * 1024 * 1024
_BLANK = b" \t\r\n"
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


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
        try:
            yield from enumerate(self._contents())
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise self._damaged("its gzip data are cut short or damaged") from None
        except OSError as error:
            raise _unreadable(self.path, error) from None
        self.share = 1.0

    def _contents(self) -> Iterator[Any | InvalidJson]:
        if self._form == ".ndjson":
            yield from self._lines()
        elif self._form == ".json":
            yield from self._array()
        else:
            yield from self._table()

    def _lines(self) -> Iterator[Any | InvalidJson]:
        start = True
        while line := self._data.readline(MAX_LINE):
            self.share = self._raw.tell() / self._size
            too_long = len(line) == MAX_LINE and not line.endswith(b"\n")
            if too_long:
                self._skip_line()
            stripped = (line.removeprefix(_BOM) if start else line).strip(_BLANK)
            start = False
            if stripped:
                yield InvalidJson(f"the line is longer than {MAX_LINE} bytes") if too_long else _value(stripped)

    def _skip_line(self) -> None:
        while (more := self._data.readline(MAX_LINE)) and not more.endswith(b"\n"):
            pass

    def _array(self) -> Iterator[Any | InvalidJson]:
        data = self._data.read(MAX_ARRAY + 1)
        if len(data) > MAX_ARRAY:
            raise self._damaged("it is larger than 1 GiB; write one event a line, as .ndjson")
        if not data.strip(_BLANK):
            return
        try:
            yield from read_array(data)
        except InvalidJson as fault:
            raise self._damaged(f"it is no JSON array of events: {fault}") from None

    def _table(self) -> Iterator[Any | InvalidJson]:
        from graph_service.intake.tables import UnusableTable, read_csv, read_parquet  # noqa: PLC0415 - loads pyarrow

        try:
            if self._form == ".parquet":
                with _seekable(self._data, self._raw) as whole:
                    yield from read_parquet(whole, self._advance)
            else:
                for content in read_csv(self._data):
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


def _value(line: bytes) -> Any | InvalidJson:
    try:
        return loads(line)
    except InvalidJson as fault:
        return fault


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
    """Parquet is read from its end, so a gzipped one is unpacked to the disk first."""
    if data is raw:
        return raw
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(data, unpacked)
    unpacked.seek(0)
    return unpacked


def _unreadable(path: Path, error: OSError) -> ServiceError:
    return ServiceError(
        "FILE_UNREADABLE",
        f"{path} can't be read: {error.strerror or type(error).__name__}.",
        remedy="Check its name and permissions.",
    )
