"""JSON as the contract understands it: no NaN, no key twice, no half characters; 1.0 and 1 are one value."""

import json
import math
from typing import Any, NoReturn

MAX_NUMBER_LENGTH = 400


class InvalidJson(ValueError):
    """The text is no strict JSON; the message says why, without repeating the text."""


def _constant(name: str) -> NoReturn:
    raise InvalidJson(f"expected a number, came {name}")


def _float(text: str) -> int | float:
    if len(text) > MAX_NUMBER_LENGTH:
        raise InvalidJson("a number is too long")
    value = float(text)
    if not math.isfinite(value):
        raise InvalidJson("a number is too large")
    return int(value) if value.is_integer() else value


def _int(text: str) -> int:
    if len(text) > MAX_NUMBER_LENGTH:
        raise InvalidJson("a number is too large")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise InvalidJson(f"the key {twice[:64]!r} is there twice")
    return found


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)


def loads(data: bytes | str) -> Any:
    """Reads one JSON value.

    Raises:
        InvalidJson: when the bytes are not UTF-8 or the text is no strict JSON.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:
            canonical(value).encode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJson(f"expected UTF-8; the byte at {error.start} is none") from None
    except UnicodeEncodeError:
        raise InvalidJson("expected whole characters, came half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise InvalidJson("it is nested too deep") from None
    return value


def canonical(value: Any) -> str:
    """The one text of a JSON value: equal values, whatever the order of keys, have equal texts."""
    return _ENCODER.encode(value)
