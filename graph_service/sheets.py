"""Tables for people and their spreadsheets: CSV in which no cell is a formula, and Parquet; whole, or not there."""

import csv
import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.parquet as pq

from graph_service.errors import ServiceError
from graph_service.moments import rfc3339
from graph_service.whole_file import whole_file

Kind = Literal["text", "integer", "time"]
"""What a column holds; times are instants in microseconds, written as RFC 3339 in UTC."""

SUFFIXES = (".csv", ".parquet")

_TYPES = {"text": pa.string(), "integer": pa.int64(), "time": pa.timestamp("us", tz="UTC")}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that would be gets an apostrophe in front."""
    return "'" + text if text.startswith(_FORMULA) else text


def require_suffix(path: Path) -> str:
    """The form of a table, by its suffix.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX`.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ServiceError(
            "UNKNOWN_SUFFIX",
            f"{path} is named like none of the forms that are known here.",
            remedy=f"Name it {' or '.join(SUFFIXES)}.",
        )
    return suffix


class Sheet:
    """A table that is being written beside where it will be; leaving the block well puts it there.

    Args:
        path: of the file; its suffix says the form.
        columns: their names and what they hold.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX` or `FILE_NOT_WRITABLE`.
    """

    def __init__(self, path: Path, columns: Mapping[str, Kind]) -> None:
        suffix = require_suffix(path)
        self._columns = columns
        self._schema = pa.schema([(name, _TYPES[kind]) for name, kind in columns.items()])
        self._open = ExitStack()
        self._file = self._open.enter_context(whole_file(path))
        self._parquet = (
            self._open.enter_context(pq.ParquetWriter(self._file, self._schema, compression="zstd"))
            if suffix == ".parquet"
            else None
        )
        if self._parquet is None:
            self._write_lines([list(columns)])

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds rows; a missing value is empty."""
        if self._parquet is None:
            self._write_lines([[_cell(row.get(name), kind) for name, kind in self._columns.items()] for row in rows])
            return
        arrays = [_column([row.get(name) for row in rows], kind) for name, kind in self._columns.items()]
        self._parquet.write_batch(pa.record_batch(arrays, schema=self._schema))

    def _write_lines(self, lines: Sequence[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._file.write(text.getvalue().encode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


def _column(values: list[Any], kind: Kind) -> pa.Array:
    if kind == "time":
        return pa.array(values, pa.int64()).cast(_TYPES[kind])
    if kind == "integer":
        return pa.array(values, _TYPES[kind])
    try:
        return pa.array(values, _TYPES[kind])
    except (pa.ArrowException, UnicodeEncodeError):  # what is no text yet, or holds half a character
        return pa.array([None if one is None else str(one).encode("utf-8", "replace").decode() for one in values])


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "time":
        return rfc3339(value)
    return safe_cell(str(value)) if kind == "text" else str(value)
