"""Business time: days and months of Asia/Shanghai, which has had one offset since long before any event."""

from datetime import timedelta, timezone

from graph_service.moments import datetime_of, instant_of

_CHINA = timezone(timedelta(hours=8))


def day_of(instant: int) -> str:
    """The business day of an instant in microseconds, as `2026-05-01`."""
    return datetime_of(instant).astimezone(_CHINA).date().isoformat()


def month_of(instant: int) -> str:
    """The business month of an instant in microseconds, as `2026-05`."""
    return day_of(instant)[:7]


def span_of(period: str) -> tuple[int, int]:
    """The first instant of a day, a month (`2026-05`) or all time (empty), and the first behind it, in microseconds."""
    if not period:
        return -(2**62), 2**62
    year, month, *rest = (int(part) for part in period.split("-"))
    begin = datetime_of(0).replace(year=year, month=month, day=rest[0] if rest else 1, tzinfo=_CHINA)
    end = begin + timedelta(days=1) if rest else (begin + timedelta(days=31)).replace(day=1)
    return instant_of(begin), instant_of(end)
