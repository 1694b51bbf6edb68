"""Instants: integers of microseconds since 1970-01-01T00:00Z, so that facts order exactly and cheaply."""

import re
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def parse_instant(text: str) -> int:
    """The instant that an RFC 3339 time with an offset names, in microseconds; finer digits are cut off.

    A leap second (`:60`) counts as the second after it.

    Raises:
        ValueError: when the text is no such time.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("expected an RFC 3339 time with an offset")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    leap = second == 60
    fraction = int((match[7] or "").ljust(6, "0")[:6])
    local = datetime(year, month, day, hour, minute, 59 if leap else second, fraction, tzinfo=UTC)
    offset = match[8]
    shift = 0
    if offset not in "Zz":
        shift = (int(offset[1:3]) * 60 + int(offset[4:6])) * (1 if offset[0] == "+" else -1)
    return instant_of(local) - shift * MINUTE + (SECOND if leap else 0)


def instant_of(moment: datetime) -> int:
    """The instant of an aware datetime, in microseconds."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def datetime_of(instant: int) -> datetime:
    """The UTC datetime of an instant in microseconds."""
    return _EPOCH + timedelta(microseconds=instant)


def rfc3339(instant: int) -> str:
    """An instant as text in UTC, as `2026-05-01T00:00:00Z`; microseconds only where there are some."""
    return datetime_of(instant).isoformat().replace("+00:00", "Z")


def now() -> int:
    """The present instant, in microseconds."""
    return instant_of(datetime.now(UTC))
