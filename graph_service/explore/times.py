"""Times as analysts read and write them."""

from datetime import datetime

from graph_service.errors import ServiceError
from graph_service.explore.elements import EVER, Window
from graph_service.moments import instant_of, parse_instant, rfc3339

_EARLIEST = parse_instant("0001-01-01T00:00:00Z")

Time = str | datetime
"""RFC 3339 with an offset, or an aware datetime."""


def time_text(instant: int) -> str:
    """An instant as RFC 3339 in UTC, with microseconds where there are any."""
    # An offset lets an event happen in a year 0, which Python's datetime lacks.
    return rfc3339(max(instant, _EARLIEST))


def window_of(since: Time | None, until: Time | None) -> Window:
    """The window between two times; None leaves it open on that side.

    Raises:
        ServiceError: `INVALID_TIME`.
    """
    start = EVER.since if since is None else _instant(since, "from")
    end = EVER.until if until is None else _instant(until, "to")
    if start >= end:
        raise ServiceError("INVALID_TIME", "The time asked for ends before it begins.", path="to")
    return Window(start, end)


def _instant(time: Time, path: str) -> int:
    try:
        return instant_of(time) if isinstance(time, datetime) else parse_instant(time)
    except (TypeError, ValueError):
        raise ServiceError(
            "INVALID_TIME",
            "A time is no RFC 3339 time with an offset.",
            remedy="Write it like 2026-07-01T00:00:00+08:00.",
            path=path,
        ) from None
