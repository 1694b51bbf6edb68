"""Opening hours: the form that is understood, and whether a store is open then.

Understood is text, for every day: spans of `HH:MM-HH:MM` joined by `,`, as in `09:00-12:00, 14:00-21:00`; one that ends
at or before its start lasts into the next day, `00:00-24:00` is always. Or an object by day or days, with such text or
null (closed): `{"Mo-Fr": "09:00-21:00", "Sa": "10:00-18:00", "Su": null}`; a day that it does not name is closed.
Times are Asia/Shanghai, without which no business day would be one. Anything else is unknown, and not an error: the
field is the sender's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone
from typing import Any

from graph_service.moments import datetime_of

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

_CHINA = timezone(timedelta(hours=8))
_MINUTES = 24 * 60
_SPAN = re.compile(r"\s*([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]\d|2[0-3]):([0-5]\d)|24:00)\s*", re.ASCII)

Week = Sequence[Sequence[tuple[int, int]]]


def is_open(hours: Any, at: int) -> bool | None:
    """Whether a store with these hours is open at an instant (microseconds); None where nobody can tell."""
    week = week_of(hours)
    if week is None:
        return None
    moment = datetime_of(at).astimezone(_CHINA)
    day, minute = moment.weekday(), moment.hour * 60 + moment.minute
    return any(
        start <= minute + passed < end
        for passed, spans in ((0, week[day]), (_MINUTES, week[day - 1]))
        for start, end in spans
    )


def week_of(hours: Any) -> Week | None:
    """By day from Monday the spans in minutes of that day; an end after 24:00 is on the next."""
    if isinstance(hours, str):
        spans = _spans(hours)
        return None if spans is None else [spans] * len(DAYS)
    if not isinstance(hours, Mapping) or not hours:
        return None
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for name, text in hours.items():
        days = _days(name)
        spans = [] if text is None else _spans(text)
        if days is None or spans is None:
            return None
        for day in days:
            week[day] += spans
    return week


def _spans(text: Any) -> list[tuple[int, int]] | None:
    if not isinstance(text, str):
        return None
    spans = []
    for part in text.split(","):
        found = _SPAN.fullmatch(part)
        if found is None:
            return None
        start = int(found[1]) * 60 + int(found[2])
        end = _MINUTES if found[3] is None else int(found[3]) * 60 + int(found[4])
        spans.append((start, end if end > start else end + _MINUTES))
    return spans


def _days(name: str) -> Sequence[int] | None:
    first, _, last = name.partition("-")
    last = last or first
    if first not in DAYS or last not in DAYS:
        return None
    start, count = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % len(DAYS)
    return [(start + passed) % len(DAYS) for passed in range(count + 1)]
