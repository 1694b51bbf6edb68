"""A file of paths: the channels that customers went through, how many of them bought and for how much, how many not."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph_service.errors import ServiceError

COLUMNS = ("path", "conversions", "value", "nulls")
STEP = ">"

_NUMBER = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?|\.\d+", re.ASCII)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Trail:
    """A path and what became of those who went it.

    Attributes:
        channels: in the order of the touches; never empty.
        conversions: how many of them bought.
        value: what they paid together, in the unit of the file.
        nulls: how many did not buy.
    """

    channels: tuple[str, ...]
    conversions: float
    value: float = 0.0
    nulls: float = 0.0


def read_paths(path: Path) -> list[Trail]:
    """The paths of a CSV file with the columns `path`, `conversions`, `value` and `nulls`, in any order.

    Raises:
        ServiceError: `FILE_UNREADABLE`, `FILE_DAMAGED`, or for the first line that is wrong `INVALID_FIELD` or
            `UNKNOWN_FIELD`.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ServiceError(
            "FILE_UNREADABLE",
            f"{path} can't be read: {error.strerror or type(error).__name__}.",
            remedy="Check its name and permissions.",
        ) from None
    return list(_trails(_text(data), str(path)))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ServiceError(
            "INVALID_FIELD", f"Line {line} is not UTF-8.", remedy="Save the file as UTF-8.", path=str(line)
        ) from None


def _trails(text: str, name: str) -> Iterator[Trail]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = [cell.strip() for cell in next(rows, [])]
        _require_columns(header, name)
        line = rows.line_num + 1
        for row in rows:
            # A blank line is none.
            if row:
                yield _trail(header, row, line)
            line = rows.line_num + 1
    except csv.Error as fault:
        raise ServiceError(
            "FILE_DAMAGED", f"{name}, line {line}: no CSV: {fault}.", remedy="Repair the file.", path=str(line)
        ) from None


def _require_columns(header: Sequence[str], name: str) -> None:
    expected = f"expected {', '.join(COLUMNS)}"
    for column in COLUMNS:
        if column not in header:
            raise ServiceError("INVALID_FIELD", f"{name} lacks the column `{column}`; {expected}.", path=column)
    for place, column in enumerate(header):
        if column not in COLUMNS or column in header[:place]:
            raise ServiceError(
                "UNKNOWN_FIELD", f"{name} has the column {column[:_SHOWN]!r}; {expected}, each once.", path=column[:80]
            )


def _trail(header: Sequence[str], row: Sequence[str], line: int) -> Trail:
    if len(row) != len(header):
        raise ServiceError(
            "INVALID_FIELD", f"Line {line} has {len(row)} cells, the header has {len(header)}.", path=str(line)
        )
    cells = dict(zip(header, row, strict=True))
    channels = tuple(step.strip() for step in cells["path"].split(STEP))
    if not all(channels):
        raise _wrong(line, "path", "channels joined by ` > `, none of them empty", cells)
    conversions, value, nulls = (_number(cells, column, line) for column in COLUMNS[1:])
    return Trail(channels, conversions, value, nulls)


def _number(cells: Mapping[str, str], column: str, line: int) -> float:
    cell = cells[column].strip()
    if _NUMBER.fullmatch(cell) is None:
        raise _wrong(line, column, "a number that is not negative", cells)
    return float(cell)


def _wrong(line: int, column: str, expected: str, cells: Mapping[str, str]) -> ServiceError:
    came = cells[column][:_SHOWN]
    return ServiceError(
        "INVALID_FIELD", f"Line {line}: {column}: expected {expected}; came {came!r}.", path=f"{line}.{column}"
    )
