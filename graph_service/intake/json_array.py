"""A JSON array taken apart, so that one bad element does not stop its neighbours."""

import json
from collections.abc import Iterator
from typing import Any

from graph_service.intake.strict_json import InvalidJson, loads

_SPACE = " \t\r\n"
# Finds where an element ends, and lets pass what `loads` refuses with a reason: NaN, a key twice, endless numbers.
_LENIENT = json.JSONDecoder(parse_float=len, parse_int=len, parse_constant=len)


def read_array(data: bytes) -> Iterator[Any | InvalidJson]:
    """The elements of a JSON array, each a value or why it is none.

    Raises:
        InvalidJson: before the first element, when the whole is no array.
    """
    text = data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return _elements(text, _spans(text))


def _elements(text: str, spans: list[tuple[int, int]]) -> Iterator[Any | InvalidJson]:
    for start, end in spans:
        try:
            yield loads(text[start:end].encode("utf-8", "surrogateescape"))
        except InvalidJson as fault:
            yield fault


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each element begins and ends."""
    place = _skip_space(text, 0)
    if text[place : place + 1] != "[":
        raise InvalidJson("expected an array")
    spans: list[tuple[int, int]] = []
    place = _skip_space(text, place + 1)
    closed = text[place : place + 1] == "]"
    while not closed:
        end = _end_of_value(text, place)
        spans.append((place, end))
        place = _skip_space(text, end)
        closed = text[place : place + 1] == "]"
        if not closed:
            if text[place : place + 1] != ",":
                raise InvalidJson(f"expected ',' or ']' at character {place}")
            place = _skip_space(text, place + 1)
    if _skip_space(text, place + 1) != len(text):
        raise InvalidJson(f"expected the end of the array to be the end at character {place + 1}")
    return spans


def _end_of_value(text: str, place: int) -> int:
    try:
        return _LENIENT.raw_decode(text, place)[1]
    except json.JSONDecodeError as error:
        raise InvalidJson(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise InvalidJson("it is nested too deep") from None


def _skip_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place
