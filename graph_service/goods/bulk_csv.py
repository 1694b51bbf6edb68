"""Rows of CSV as questions: a column at a time where nothing is quoted, row by row where care is needed."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from graph_service.errors import ServiceError
from graph_service.goods.bulk_questions import batch_asked

_TAKES_CARE = (b'"', b"\0")


def takes_care(data: bytes) -> bool:
    """Whether cells may be quoted, or are none."""
    return any(byte in data for byte in _TAKES_CARE)


def text_of(line: bytes) -> str:
    """What is not UTF-8 survives as surrogates, so that its own line can be named."""
    return line.decode("utf-8", "surrogateescape")


def plain_rows(header: list[str], block: bytes, line: int) -> Any | None:
    """The questions of lines without quotes, a column at a time; None where they have to be looked at one by one.

    Args:
        header: the names of their columns.
        block: the lines, each with its end.
        line: the number of the first, from 1.
    """
    if takes_care(block):
        return None
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(block),
            pa_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=header),
            pa_csv.ParseOptions(quote_char=False),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
        )
    except pa.ArrowException:
        return None
    # A blank line is no row, and a carriage return may end one; then lines are counted one by one.
    if len(table) != block.count(b"\n") + (not block.endswith(b"\n")):
        return None
    columns = {name: table.column(name).combine_chunks() for name in header}
    times = columns.get("at", pa.nulls(len(table), pa.string()))
    times = pc.if_else(pc.equal(times, ""), None, times)
    return batch_asked(columns["code"], times, range(line, line + len(table)))


def careful_rows(header: list[str], rows: list[list[str]], line: int) -> Any:
    """The questions of rows of CSV.

    Args:
        header: the names of their columns.
        rows: without the header; empty ones are blank lines.
        line: where the first of them begins, from 1.
    """
    numbers = _numbers(rows, line)
    filled = [(number, row) for number, row in zip(numbers, rows, strict=True) if row]
    for number, row in filled:
        if len(row) != len(header):
            raise ServiceError(
                "INVALID_FIELD",
                f"Line {number} has {len(row)} cells, the header has {len(header)}.",
                path=str(number),
            )
    columns = dict(zip(header, zip(*(row for _, row in filled), strict=True), strict=False)) if filled else {}
    codes, times = columns.get("code", ()), columns.get("at")
    numbers = [number for number, _ in filled]
    try:
        return batch_asked(
            pa.array(codes, pa.string()),
            pa.array([text or None for text in times] if times else [None] * len(codes), pa.string()),
            numbers,
        )
    except UnicodeEncodeError:
        broken = next(n for n, row in filled if any("\udc80" <= char <= "\udcff" for cell in row for char in cell))
        raise ServiceError("INVALID_FIELD", f"Line {broken} is not UTF-8.", path=str(broken)) from None


def _numbers(rows: list[list[str]], line: int) -> list[int]:
    """The line on which each row begins; a cell may hold line feeds."""
    numbers: list[int] = []
    for row in rows:
        numbers.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    return numbers
