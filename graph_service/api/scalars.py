"""The scalars of the GraphQL schema beyond GraphQL's own; a schema takes them as `StrawberryConfig(scalar_map=…)`.

In Python an instant is an integer of microseconds (`graph_service.moments`), here as everywhere.
"""

from datetime import timedelta
from typing import Any, NewType

import strawberry
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from graph_service.moments import datetime_of, parse_instant

__all__ = ["JSON", "SCALARS", "DateTime", "Fen"]

DateTime = NewType("DateTime", int)
Fen = NewType("Fen", int)

_GREGORIAN_CYCLE = timedelta(days=146_097) // timedelta(microseconds=1)
_YEARS_IN_CYCLE = 400


def _write_time(instant: int) -> str:
    """RFC 3339 in UTC; `+14:00` lets the first day of year 1 begin in a year 0, which Python's datetime lacks."""
    moment = datetime_of(instant + _GREGORIAN_CYCLE) if instant < _EARLIEST else datetime_of(instant)
    year = moment.year - _YEARS_IN_CYCLE if instant < _EARLIEST else moment.year
    fraction = f".{moment.microsecond:06}" if moment.microsecond else ""
    return f"{year:04}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


def _read_time(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("expected an RFC 3339 time with an offset")
    instant = parse_instant(value)
    if instant > _LATEST:
        raise ValueError("expected a time before the year 10000")
    return instant


def _fen(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("expected a whole number of fen, of at most 64 bits")
    return value


_EARLIEST = parse_instant("0001-01-01T00:00:00Z")
_LATEST = parse_instant("9999-12-31T23:59:59.999999Z")

SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 with an offset; answers are in UTC, with microseconds where there are any.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write_time,
        parse_value=_read_time,
    ),
    Fen: strawberry.scalar(
        name="Fen",
        description="Hundredths of a yuan, a 64-bit integer, written as a JSON number.",
        serialize=_fen,
        parse_value=_fen,
    ),
}
