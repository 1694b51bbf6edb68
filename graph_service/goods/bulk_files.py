"""Files of questions and of answers: read and written in slices; a file of answers appears when it is whole."""

import csv
import gzip
import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from graph_service.errors import ServiceError
from graph_service.goods.bulk import SLICE, WINDOW
from graph_service.goods.bulk_answers import CSV_HEADER, SCHEMA, batch_of, csv_of
from graph_service.goods.bulk_csv import careful_rows, plain_rows, takes_care, text_of
from graph_service.goods.bulk_questions import MAX_LINE, lines_asked, require_names, table_asked
from graph_service.goods.bulk_window import Answers
from graph_service.whole_file import whole_file

ASKED_FORMS = (".csv", ".ndjson", ".parquet")
ANSWERED_FORMS = (".csv", ".parquet")

_MOST_BYTES = 16 * 2**20
_BLOCK = 2 * 2**20
_MOST_GATHERED = 128 * 2**20
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


def form_of(path: Path, forms: tuple[str, ...], *, packed: bool) -> str:
    """The form of a file, by its suffix.

    Args:
        path: of the file.
        forms: that are known.
        packed: whether `.gz` may follow.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX`.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if packed and suffixes[-1:] == [".gz"]:
        suffixes.pop()
    if not suffixes or suffixes[-1] not in forms:
        more = ", or the same with .gz" if packed else ""
        raise ServiceError(
            "UNKNOWN_SUFFIX",
            f"{path} is named like none of the forms that are known here.",
            remedy=f"Name it {', '.join(forms)}{more}.",
        )
    return suffixes[-1]


def gathered(parts: Iterable[Any]) -> Iterator[Any]:
    """Record batches put together to windows, as far as memory allows."""
    held: list[Any] = []
    codes = size = 0
    for part in parts:
        held.append(part)
        codes, size = codes + len(part), size + part.nbytes
        if codes >= WINDOW or size >= _MOST_GATHERED:
            yield pa.concat_batches(held)
            held, codes, size = [], 0, 0
    if held:
        yield pa.concat_batches(held)


class AskedFile:
    """A file of questions that is open; iterating gives them as record batches of `code` and `at`.

    Attributes:
        share: how much of it is read, from 0 to 1.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX`, `FILE_UNREADABLE`; while iterating `FILE_DAMAGED`, or what a line has wrong.
    """

    def __init__(self, path: Path) -> None:
        self.share = 0.0
        self._path = path
        self._form = form_of(path, ASKED_FORMS, packed=True)
        try:
            self._raw: BinaryIO = path.open("rb")
            self._size = max(1, path.stat().st_size)
            # By its first bytes: what was unpacked on the way often keeps the name.
            is_packed = self._raw.read(2) == _GZIP
            self._raw.seek(0)
        except OSError as error:
            raise self._unreadable(error) from None
        self._data: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if is_packed else self._raw

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.close()
        self._raw.close()

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from {".csv": self._csv, ".ndjson": self._ndjson, ".parquet": self._parquet}[self._form]()
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise self._damaged("its gzip data are cut short or damaged") from None
        except OSError as error:
            raise self._unreadable(error) from None
        self.share = 1.0

    def _ndjson(self) -> Iterator[Any]:
        first = 1
        while lines := self._lines():
            if first == 1:
                lines[0] = lines[0].removeprefix(_BOM)
            self.share = self._raw.tell() / self._size
            yield lines_asked([line.removesuffix(b"\n") for line in lines], first)
            first += len(lines)

    def _lines(self) -> list[bytes]:
        """The next lines; of one that is too long only as much as shows it."""
        lines: list[bytes] = []
        size = 0
        while len(lines) < SLICE and size < _MOST_BYTES and (line := self._data.readline(2 * MAX_LINE)):
            lines.append(line)
            size += len(line)
        return lines

    def _csv(self) -> Iterator[Any]:
        begin = self._data.readline(2 * MAX_LINE).removeprefix(_BOM)
        if takes_care(begin):
            yield from self._careful_csv([begin], None, 1)
            return
        header, line = [name.strip() for name in text_of(begin).split(",")], 2
        require_names(header, str(self._path))
        while block := self._data.read(_BLOCK):
            # Up to the end of its last line.
            block += self._data.readline(2 * MAX_LINE)
            self.share = self._raw.tell() / self._size
            asked = plain_rows(header, block, line)
            if asked is None:
                yield from self._careful_csv(io.BytesIO(block), header, line)
                return
            yield asked
            line += len(asked)

    def _careful_csv(self, begin: Iterable[bytes], header: list[str] | None, line: int) -> Iterator[Any]:
        """The rest of the file row by row, so that cells may be quoted and a fault is named with its line.

        Args:
            begin: lines that are read already.
            header: the names of the columns; None when they are still to be read.
            line: the number of the first of these lines, from 1.
        """
        rows = csv.reader(map(text_of, chain(begin, self._data)), strict=True)
        before = line - 1
        try:
            if header is None:
                header = [name.strip() for name in next(rows, [])]
                require_names(header, str(self._path))
            while True:
                line = before + rows.line_num + 1
                part = list(islice(rows, SLICE))
                if not part:
                    return
                self.share = self._raw.tell() / self._size
                yield careful_rows(header, part, line)
        except csv.Error as fault:
            raise ServiceError(
                "FILE_DAMAGED",
                f"{self._path}, line {before + rows.line_num}: no CSV: {fault}.",
                remedy="Repair the file; nothing was written.",
            ) from None

    def _parquet(self) -> Iterator[Any]:
        with self._seekable() as whole:
            try:
                file = pq.ParquetFile(whole)
                total, row = max(1, file.metadata.num_rows), 1
                for batch in file.iter_batches(batch_size=SLICE):
                    self.share = row / total
                    yield table_asked(batch, row)
                    row += len(batch)
                if row == 1:
                    table_asked(file.schema_arrow.empty_table().combine_chunks(), row)
            except pa.ArrowException as fault:
                raise self._damaged(f"it is no Parquet file that can be read: {type(fault).__name__}") from None

    def _seekable(self) -> IO[bytes]:
        """Parquet is read from its end, so a packed one is unpacked to the disk first."""
        if self._data is self._raw:
            return self._raw
        unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        while piece := self._data.read(2**20):
            unpacked.write(piece)
        unpacked.seek(0)
        return unpacked

    def _damaged(self, why: str) -> ServiceError:
        return ServiceError(
            "FILE_DAMAGED", f"{self._path} can't be read: {why}.", remedy="Repair the file; nothing was written."
        )

    def _unreadable(self, error: OSError) -> ServiceError:
        return ServiceError(
            "FILE_UNREADABLE",
            f"{self._path} can't be read: {error.strerror or type(error).__name__}.",
            remedy="Check its name and permissions.",
        )


class AnsweredFile:
    """A file of answers that is being written beside where it will be; leaving the block well puts it there.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX` or `FILE_NOT_WRITABLE`.
    """

    def __init__(self, path: Path) -> None:
        is_parquet = form_of(path, ANSWERED_FORMS, packed=False) == ".parquet"
        self._open = ExitStack()
        self._file = self._open.enter_context(whole_file(path))
        self._parquet = (
            self._open.enter_context(pq.ParquetWriter(self._file, SCHEMA, compression="zstd")) if is_parquet else None
        )
        if self._parquet is None:
            self._file.write(CSV_HEADER)

    def write(self, answers: Answers) -> None:
        """Adds the answers to a slice; a full disk is told on leaving the block."""
        if self._parquet is None:
            self._file.write(csv_of(answers))
        else:
            self._parquet.write_batch(batch_of(answers))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
