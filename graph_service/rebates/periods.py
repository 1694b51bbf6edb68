"""Months, and which of them are closed, in business time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from graph_service.graph.driver import Row
from graph_service.moments import DAY, datetime_of, instant_of

BUSINESS_TIME = timezone(timedelta(hours=8))
"""Asia/Shanghai, which has had no other offset since 1991."""

AHEAD = 8 * 3_600 * 1_000_000
"""How far it is ahead of UTC, in microseconds."""

UNCLOSED = 2**62
"""Stands for the block of a settlement that has not been yet."""


_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def is_month(text: str) -> bool:
    """Whether a text is a month that has one before and one after it."""
    match = _MONTH.fullmatch(text)
    return match is not None and 1 < int(match[1]) < 9999


def month_of(instant: int) -> str:
    """The month of an instant in microseconds, as `2026-10`."""
    return _month_of_day((instant + AHEAD) // DAY)


@lru_cache(maxsize=4_096)
def _month_of_day(number: int) -> str:
    return datetime_of(number * DAY).date().isoformat()[:7]


def beginning_of(month: str) -> int:
    """When a month begins, in microseconds."""
    year, number = (int(part) for part in month.split("-"))
    return instant_of(datetime(year, number, 1, tzinfo=BUSINESS_TIME))


def end_of(month: str) -> int:
    """When a month ends: the beginning of the next."""
    return beginning_of(month_after(month))


def month_after(month: str) -> str:
    """The next month."""
    return _moved(month, 1)


def month_before(month: str) -> str:
    """The month before."""
    return _moved(month, -1)


def _moved(month: str, by: int) -> str:
    year, number = (int(part) for part in month.split("-"))
    years, number = divmod(year * 12 + number - 1 + by, 12)
    return f"{years:04}-{number + 1:02}"


@dataclass(frozen=True, slots=True)
class Closing:
    """A `period.closed` in force.

    Attributes:
        event: its id.
        period: the month that it closes, with all months before it.
        block: the block of the journal that it is in; it froze what was booked up to there.
    """

    event: str
    period: str
    block: int


class Closings:
    """All closings in force: what each month's statement saw of the journal."""

    def __init__(self, closings: Iterable[Closing] = ()) -> None:
        self._closings = tuple(sorted(closings, key=lambda one: one.block))

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Closings":
        """The closings that rows tell of."""
        return cls(Closing(row["event"], row["period"], row["block"]) for row in rows)

    def first(self, month: str) -> int:
        """The block up to which the statement of a month was frozen; `UNCLOSED` while it is not."""
        return next((one.block for one in self._closings if one.period >= month), UNCLOSED)

    def latest(self, month: str) -> int | None:
        """The block of the latest settlement that saw a month; None when none has."""
        return next((one.block for one in reversed(self._closings) if one.period >= month), None)
