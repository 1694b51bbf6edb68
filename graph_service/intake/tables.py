"""Events in tables: CSV and Parquet, read in flat memory."""

import csv
import io
import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from graph_service.intake.bounded_json import MAX_EVENT
from graph_service.intake.cells import event_of_row
from graph_service.intake.strict_json import InvalidJson

_ROWS_AT_ONCE = 1_000
_REQUIRED = ("id", "type", "at")


class UnusableTable(Exception):
    """The table as a whole can't be read; the message says why."""


def read_csv(source: IO[bytes], *, skip: int = 0) -> Iterator[Any | InvalidJson]:
    """The events of a CSV with a header: UTF-8, commas, quotes doubled inside quotes; an empty cell is absent.

    Args:
        source: the bytes.
        skip: how many events to pass over.

    Raises:
        UnusableTable: when the header is none, or where a row is too long.
    """
    csv.field_size_limit(MAX_EVENT)
    # What is not UTF-8 survives as surrogates, so that only its own row is refused.
    lines = _Lines(io.TextIOWrapper(source, encoding="utf-8-sig", errors="surrogateescape", newline=""))
    rows = csv.reader(lines, strict=True)
    header = _header(rows)
    place = 0
    while True:
        lines.held = 0
        fault: InvalidJson | None = None
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row, fault = [], InvalidJson(f"the row is no CSV: {error}")
        else:
            if not row:
                continue
        if place >= skip:
            yield fault or _event_of_cells(header, row)
        place += 1


class _Lines:
    """The lines of a text, as long as those of one row are not too long together."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.held = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_EVENT)
        self.held += len(line)
        if self.held >= MAX_EVENT:
            raise UnusableTable(f"a row is longer than {MAX_EVENT} characters")
        if not line:
            raise StopIteration
        return line


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise UnusableTable(f"its first line is no CSV header: {error}") from None
    _require_columns(header)
    if any(_is_broken(name) for name in header):
        raise UnusableTable("it is not UTF-8; save it as 'CSV UTF-8'")
    return header


def _require_columns(names: list[str]) -> None:
    missing = [name for name in _REQUIRED if name not in names]
    if names and missing:
        raise UnusableTable(f"it lacks the columns {', '.join(missing)} (columns are separated by commas)")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnusableTable(f"it has the columns {', '.join(map(repr, twice))} twice")


def _event_of_cells(header: list[str], row: list[str]) -> Any | InvalidJson:
    if len(row) != len(header):
        return InvalidJson(f"the row has {len(row)} cells, the header {len(header)}")
    if any(_is_broken(cell) for cell in row):
        return InvalidJson("expected UTF-8 in every cell")
    try:
        return event_of_row((name, cell) for name, cell in zip(header, row, strict=True) if cell)
    except InvalidJson as fault:
        return fault


def _is_broken(text: str) -> bool:
    """Whether bytes that are not UTF-8 were in it."""
    return any("\udc80" <= char <= "\udcff" for char in text) if not text.isascii() else False


def read_parquet(source: IO[bytes], advance: Callable[[float], None], *, skip: int = 0) -> Iterator[Any | InvalidJson]:
    """The events of a Parquet file; a null is absent.

    Args:
        source: can be read from any place.
        advance: told which share of the rows is read.
        skip: how many rows to pass over.

    Raises:
        UnusableTable: when it is no Parquet, or lacks columns.
    """
    try:
        file = pq.ParquetFile(source)
        _require_columns(file.schema_arrow.names)
        total = max(1, file.metadata.num_rows)
        done = 0
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            for row in _rows_of(batch.slice(min(batch.num_rows, max(0, skip - done)))):
                try:
                    yield event_of_row((name, value) for name, cell in row if (value := _json(cell)) is not None)
                except InvalidJson as fault:
                    yield fault
            done += batch.num_rows
            advance(done / total)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnusableTable(f"it is no Parquet file that can be read: {type(error).__name__}") from None


def _rows_of(batch: pa.RecordBatch) -> Iterator[list[tuple[str, Any]]]:
    names = batch.schema.names
    columns = [column.cast(_in_micros(column.type), safe=False).to_pylist() for column in batch.columns]
    for cells in zip(*columns, strict=True):
        yield list(zip(names, cells, strict=True))


def _in_micros(kind: Any) -> Any:
    """The same type with times in microseconds: finer ones have no Python value."""
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_in_micros(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_in_micros(kind.value_type)))
    return kind


def _json(value: Any) -> Any:
    """The JSON value of a cell; an object of which nothing is there is absent."""
    match value:
        case dict():
            present = {name: inner for name, cell in value.items() if (inner := _json(cell)) is not None}
            return present or (None if value else {})
        case list() if value and all(isinstance(pair, tuple) for pair in value):  # a map
            if len({name for name, _ in value}) < len(value):
                raise InvalidJson("a map has a key twice")
            return _json(dict(value))
        case list():
            return [_json(cell) for cell in value]
        case float() | Decimal():
            return _number(value)
        case datetime():
            # Without a zone it names no instant: it stays without an offset, and intake refuses it.
            return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                raise InvalidJson("expected UTF-8 in every cell") from None
        case None | bool() | int() | str():
            return value
        case _:
            raise InvalidJson(f"a value of the type {type(value).__name__} has no JSON")


def _number(value: float | Decimal) -> int | float:
    if not math.isfinite(value):
        raise InvalidJson("expected a number, came NaN or an infinity")
    return int(value) if value == int(value) else float(value)
