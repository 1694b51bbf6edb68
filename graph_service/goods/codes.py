"""Codes in sequence: the key that sorts them, ranges, and spans of consecutive codes.

Codes are printed in sequence, so the graph keeps runs of consecutive codes and splits them only where a code goes its
own way. The serial number of a code is its last run of digits; codes with the same text around a serial of the same
length are neighbours. The *key* of a code puts the text first and the serial last (`U0042X` → `U{4}X`, separator,
`0042`), so that keys sort codes as their serials do, a code is found by one seek among the keys of runs, and the code
can be read back.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from graph_service.intake.fields import Code

_SERIAL = re.compile(r"(\d+)(?=\D*\Z)", re.ASCII)
_PLACE = re.compile(r"\{(\d+)\}(?=\D*\Z)", re.ASCII)

# A control character, which no code may hold; so the keys of a sequence have no others between them.
_SEPARATOR = "\x1f"

MAX_LISTED_RANGE = 10_000


def key_of(code: str) -> str:
    """The sort key of a code; different codes have different keys."""
    serial = _SERIAL.search(code)
    if serial is None:
        return f"{code}{_SEPARATOR}"
    digits = serial[1]
    return f"{code[: serial.start()]}{{{len(digits)}}}{code[serial.end() :]}{_SEPARATOR}{digits}"


def code_of(key: str) -> str:
    """The code that has this key."""
    text, _, digits = key.rpartition(_SEPARATOR)
    if not digits:
        return text
    place = _PLACE.search(text)
    if place is None:
        raise ValueError(f"no key of a code: {key!r}")
    return f"{text[: place.start()]}{digits}{text[place.end() :]}"


def _split(key: str) -> tuple[str, str]:
    text, _, digits = key.rpartition(_SEPARATOR)
    return text, digits


def step(key: str, by: int) -> str:
    """The key of the code that many places on in its sequence."""
    text, digits = _split(key)
    return f"{text}{_SEPARATOR}{int(digits) + by:0{len(digits)}d}"


def following(key: str) -> str | None:
    """The key of the next code in its sequence; None behind the last one, and for a code without a serial."""
    return step(key, 1) if _split(key)[1].strip("9") else None


def are_neighbours(before: str, after: str) -> bool:
    """Whether the second key follows directly on the first."""
    text, digits = _split(before)
    other, others = _split(after)
    return text == other and digits != "" and len(digits) == len(others) and int(digits) + 1 == int(others)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Consecutive codes, by the keys of the first and the last."""

    first: str
    last: str

    @property
    def count(self) -> int:
        """How many codes it holds."""
        if self.first == self.last:
            return 1
        return int(_split(self.last)[1]) - int(_split(self.first)[1]) + 1

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.first <= key <= self.last

    def cut(self, starts: Iterable[str]) -> Iterator["Span"]:
        """Its pieces, when a piece begins at each of the keys (those outside it are passed over)."""
        edges = [self.first, *sorted({key for key in starts if self.first < key <= self.last})]
        for here, following in pairwise(edges):
            yield Span(here, step(following, -1))
        yield Span(edges[-1], self.last)


def spans_of(codes: Iterable[str]) -> list[Span]:
    """The codes as the fewest spans, in order of their keys; a code named twice counts once."""
    spans: list[Span] = []
    for key in sorted({key_of(code) for code in codes}):
        if spans and are_neighbours(spans[-1].last, key):
            spans[-1] = Span(spans[-1].first, key)
        else:
            spans.append(Span(key, key))
    return spans


class CodeRange(BaseModel):
    """Two codes of equal length that differ only in a run of digits, and every code between them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    first: Code
    last: Code

    @model_validator(mode="after")
    def _one_sequence(self) -> Self:
        if len(self.first) != len(self.last):
            raise ValueError(
                f"expected ends of equal length; `first` has {len(self.first)} characters and `last` {len(self.last)}"
            )
        if self.first > self.last:
            raise ValueError("expected `first` not after `last`")
        start, end = self._serial()
        serials = self.first[start:end] + self.last[start:end]
        if serials and not (serials.isascii() and serials.isdigit()):
            raise ValueError("expected ends that differ only in one run of digits")
        if not self._is_sequence and self._count > MAX_LISTED_RANGE:
            raise ValueError(
                f"{self._count} codes were given, at most {MAX_LISTED_RANGE} are allowed "
                "where digits follow the ones that count up"
            )
        return self

    def _serial(self) -> tuple[int, int]:
        """Where the ends differ: from the first different character to behind the last."""
        different = [i for i, (a, b) in enumerate(zip(self.first, self.last, strict=True)) if a != b]
        return (different[0], different[-1] + 1) if different else (0, 0)

    @property
    def _is_sequence(self) -> bool:
        return _split(key_of(self.first))[0] == _split(key_of(self.last))[0]

    @property
    def _count(self) -> int:
        start, end = self._serial()
        return int(self.last[start:end]) - int(self.first[start:end]) + 1 if end else 1

    def spans(self) -> list[Span]:
        """The codes as spans: one, or one for each code where the serial is not the last run of digits."""
        if self._is_sequence:
            return [Span(key_of(self.first), key_of(self.last))]
        start, end = self._serial()
        numbers = range(int(self.first[start:end]), int(self.last[start:end]) + 1)
        return spans_of(f"{self.first[:start]}{n:0{end - start}d}{self.first[end:]}" for n in numbers)
