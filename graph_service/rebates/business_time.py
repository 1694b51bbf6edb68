"""Business days; months are in `periods.py`."""

from functools import lru_cache

from graph_service.moments import DAY, datetime_of
from graph_service.rebates.periods import AHEAD, beginning_of, end_of

EVER = (-(2**62), 2**62)


def day_of(instant: int) -> str:
    """The business day of an instant in microseconds, as `2026-05-01`."""
    return _day((instant + AHEAD) // DAY)


@lru_cache(maxsize=4_096)
def _day(number: int) -> str:
    return datetime_of(number * DAY).date().isoformat()


def span_of(part: str) -> tuple[int, int]:
    """The first instant of a day, a month (`2026-05`) or all time (empty), and the first behind it, in microseconds."""
    if not part:
        return EVER
    if len(part) == len("2026-05"):
        return beginning_of(part), end_of(part)
    month, day = part[:7], int(part[8:])
    begin = beginning_of(month) + (day - 1) * DAY
    return begin, begin + DAY
