"""From what came in to an event that may enter, or the reason why not.

Of several faults the first in the contract's order is reported: JSON, `id`, `type`, `at`, unknown fields, other fields.
(A conflict over an id shows only in the log: `log.py`.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from graph_service.errors import ServiceError
from graph_service.intake.events import EVENT, EVENT_TYPES, Event
from graph_service.moments import MINUTE, datetime_of, parse_instant

MAX_ID_LENGTH = 128
MAX_AHEAD = 5 * MINUTE

_COMMON = ("id", "at", "by", "source", "recordedAt")
_SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Arrival:
    """A valid event on its way into the log.

    Attributes:
        index: its place in what was sent, counted from 0.
        id: unique for ever.
        at: when it happened, in microseconds.
        recorded_at: when an older system recorded it; None, and the log stamps it.
        by: id of the party that recorded it.
        source: the sending system.
        content: the JSON value as sent.
        event: what it says.
    """

    index: int
    id: str
    at: int
    recorded_at: int | None
    by: str | None
    source: str | None
    content: Mapping[str, Any]
    event: Event


class Refusal(ServiceError):
    """Why an event may not enter.

    Attributes:
        event_id: the id of the event, where it has a valid one.
    """

    def __init__(self, code: str, message: str, *, path: str | None = None, event_id: str | None = None) -> None:
        super().__init__(code, message, path=path)
        self.event_id = event_id


def open_envelope(index: int, content: Any, *, now: int, may_set_recorded_at: bool) -> Arrival:
    """Checks one event.

    Args:
        index: its place in what was sent.
        content: a JSON value.
        now: the present instant, in microseconds.
        may_set_recorded_at: whether the sender is `admin`.

    Raises:
        Refusal: with the code, path and message of the first fault.
    """
    if not isinstance(content, dict):
        raise Refusal("INVALID_JSON", f"An event is a JSON object; came {_kind(content)}.")
    event_id = _id(content)
    try:
        return _open(index, event_id, content, now, may_set_recorded_at)
    except Refusal as refusal:
        refusal.event_id = event_id
        raise


def _open(index: int, event_id: str, content: dict[str, Any], now: int, may_set_recorded_at: bool) -> Arrival:
    if not (isinstance(content.get("type"), str) and content["type"] in EVENT_TYPES):
        known = ", ".join(sorted(EVENT_TYPES))
        raise Refusal(
            "UNKNOWN_TYPE", f"type: expected one of {known}; came {_shown(content.get('type'))}.", path="type"
        )
    at = _instant(content, "at", now)
    body = {key: value for key, value in content.items() if key not in _COMMON}
    try:
        event = EVENT.validate_python(body)
    except ValidationError as error:
        raise _fault(error.errors(include_url=False)) from None
    by, source = _text(content, "by"), _text(content, "source")
    recorded_at = None
    if content.get("recordedAt") is not None:
        if not may_set_recorded_at:
            raise Refusal(
                "FORBIDDEN_FIELD",
                "recordedAt: only the role admin may send it; leave it out.",
                path="recordedAt",
            )
        recorded_at = _instant(content, "recordedAt", now)
    return Arrival(index, event_id, at, recorded_at, by, source, content, event)


def _id(content: dict[str, Any]) -> str:
    event_id = content.get("id")
    if isinstance(event_id, str) and 1 <= len(event_id) <= MAX_ID_LENGTH:
        return event_id
    came = f"{len(event_id)} characters" if isinstance(event_id, str) else _kind(event_id)
    raise Refusal("INVALID_FIELD", f"id: expected 1 to {MAX_ID_LENGTH} characters; came {came}.", path="id")


def _instant(content: dict[str, Any], field: str, now: int) -> int:
    value = content.get(field)
    try:
        instant = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None:
        raise Refusal(
            "INVALID_TIME",
            f"{field}: expected an RFC 3339 time with an offset, as 2026-05-01T08:00:00+08:00; came {_shown(value)}.",
            path=field,
        )
    if instant > now + MAX_AHEAD:
        raise Refusal(
            "IN_FUTURE",
            f"{field}: {_shown(value)} is more than 5 minutes after now, {datetime_of(now):%Y-%m-%dT%H:%M:%SZ}.",
            path=field,
        )
    return instant


def _text(content: dict[str, Any], field: str) -> str | None:
    value = content.get(field)
    if value is None or (isinstance(value, str) and 1 <= len(value) <= MAX_ID_LENGTH):
        return value
    raise Refusal(
        "INVALID_FIELD",
        f"{field}: expected 1 to {MAX_ID_LENGTH} characters; came {_kind(value)}.",
        path=field,
    )


def _fault(errors: list[ErrorDetails]) -> Refusal:
    """The refusal for the first of pydantic's errors; an unknown field goes before any other fault."""
    error = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    # The first place of a path is the event's type, put there by the discriminator.
    path = ".".join(str(part) for part in error["loc"][1:])
    message = error["msg"].removeprefix("Value error, ")
    match error["type"]:
        case "extra_forbidden":
            return Refusal("UNKNOWN_FIELD", f"{path}: no field of {error['loc'][0]}; leave it out.", path=path)
        case "rule_refused":
            return Refusal("RULE_REFUSED", f"{message}.", path=path)
        case "wrong_together":
            field = f"{path}.{error['ctx']['field']}".lstrip(".")
            return Refusal("INVALID_FIELD", f"{field}: {message}.", path=field)
        case "missing":
            return Refusal("INVALID_FIELD", f"{path}: it is required, and missing.", path=path)
        case _:
            came = _kind(error["input"])
            prefix = f"{path}: " if path else ""
            return Refusal(
                "INVALID_FIELD", f"{prefix}{message[0].lower()}{message[1:]}; came {came}.", path=path or None
            )


def _kind(value: Any) -> str:
    """What a value is, without showing it: it may be personal."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return f"text of {len(value)} characters"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _shown(value: Any) -> str:
    """A short value of a field that can't be personal."""
    if not isinstance(value, str):
        return _kind(value)
    return repr(value if len(value) <= _SHOWN_LENGTH else value[:_SHOWN_LENGTH] + "…")
