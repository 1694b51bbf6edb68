"""One JSON value a line, read as a stream: a line that is too long is passed over, never held."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from graph_service.intake.bounded_json import MAX_EVENT, value_or_fault
from graph_service.intake.strict_json import InvalidJson

_PIECE = 256 * 1024
_BLANK = b" \t\r\n"
_BLANK_LINES = re.compile(rb"\n[ \t\r\n]+")
_BOM = b"\xef\xbb\xbf"


def read_lines(source: BinaryIO, *, skip: int = 0) -> Iterator[Any | InvalidJson]:
    """The values of the lines that are not blank, each a value or why it is none.

    Args:
        source: the bytes.
        skip: how many of them to pass over without looking into them.
    """
    for line, too_long in islice(_lines(source), skip, None):
        yield InvalidJson(f"the line is longer than {MAX_EVENT} bytes") if too_long else value_or_fault(line)


def count_lines(source: BinaryIO) -> int:
    """How many lines are not blank."""
    return sum(1 for _ in _lines(source))


def _lines(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The lines that are not blank, and whether each is too long; of one that is, nothing is held."""
    held: list[bytes] = []
    size = 0
    piece = source.read(_PIECE).removeprefix(_BOM)
    while piece:
        # Any number of blank lines is one line's end: so they cost nothing each.
        *ended, rest = _BLANK_LINES.sub(b"\n", piece).split(b"\n")
        for part in ended:
            size += len(part)
            held.append(part)
            line = b"" if size > MAX_EVENT else b"".join(held).strip(_BLANK)
            if line or size > MAX_EVENT:
                yield line, size > MAX_EVENT
            held, size = [], 0
        size += len(rest)
        held = [] if size > MAX_EVENT else [*held, rest]
        piece = source.read(_PIECE)
    line = b"".join(held).strip(_BLANK)
    if line or size > MAX_EVENT:
        yield line, size > MAX_EVENT
