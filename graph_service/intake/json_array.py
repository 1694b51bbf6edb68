"""A JSON array taken apart as it is read, so that it may be of any size and one bad element stops no neighbour."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from graph_service.intake.bounded_json import MAX_EVENT, value_or_fault
from graph_service.intake.strict_json import InvalidJson

_PIECE = 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")
# Finds where an element ends, and lets pass what `loads` refuses with a reason: NaN, a key twice, endless numbers.
_LENIENT = json.JSONDecoder(parse_float=len, parse_int=len, parse_constant=len)


def read_array(source: BinaryIO, *, skip: int = 0) -> Iterator[Any | InvalidJson]:
    """The elements of a JSON array, each a value or why it is none; nothing but blanks holds none.

    Args:
        source: the bytes.
        skip: how many of them to pass over.

    Raises:
        InvalidJson: where the whole ceases to be an array.
    """
    window = _Window(source)
    if window.next_char() == "":
        return
    window.expect("[")
    place = 0
    closed = window.next_char() == "]"
    while not closed:
        element = window.take_value()
        if place >= skip:
            yield value_or_fault(element.encode("utf-8", "surrogateescape"))
        place += 1
        closed = window.next_char() == "]"
        if not closed:
            window.expect(",", "',' or ']'")
            window.next_char()
    window.expect("]")
    if window.next_char() != "":
        raise InvalidJson(f"expected the end of the array to be the end at character {window.position}")


class _Window:
    """The part of the text that is held: the element that is looked at, and some of what follows."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._place = 0
        self._passed = 0
        self._is_whole = False
        self._read_on()
        self._text = self._text.removeprefix("\ufeff")

    @property
    def position(self) -> int:
        """How many characters were passed."""
        return self._passed + self._place

    def next_char(self) -> str:
        """The next character that is no blank, which stays; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._place)
            self._place = found.end() if found else self._place
            if self._place < len(self._text):
                return self._text[self._place]
            if self._is_whole:
                return ""
            self._read_on()

    def expect(self, char: str, named: str = "") -> None:
        """Passes a character.

        Raises:
            InvalidJson: it is another one.
        """
        if self.next_char() != char:
            wanted = named or ("an array" if char == "[" else f"'{char}'")
            raise InvalidJson(f"expected {wanted} at character {self.position}")
        self._place += 1

    def take_value(self) -> str:
        """Passes a value and returns its text.

        Raises:
            InvalidJson: there is none.
        """
        while True:
            fault: InvalidJson | None = None
            end = self._place
            try:
                end = _LENIENT.raw_decode(self._text, self._place)[1]
            except json.JSONDecodeError as error:
                fault = InvalidJson(f"{error.msg} at character {self._passed + error.pos}")
            except RecursionError:
                raise InvalidJson("it is nested too deep") from None
            # What ends where the window ends may go on behind it: a number, or a value that is not closed yet.
            is_there = fault is None and (end < len(self._text) or self._is_whole)
            if is_there and end - self._place <= MAX_EVENT:
                value = self._text[self._place : end]
                self._place = end
                return value
            if len(self._text) - self._place > MAX_EVENT:
                raise fault or InvalidJson(f"an element is longer than {MAX_EVENT} characters")
            if self._is_whole:
                raise fault or InvalidJson("it ends too early")
            self._read_on()

    def _read_on(self) -> None:
        """Reads as much again as is held, so that a large value is not looked through too often."""
        held = self._text[self._place :]
        data = self._source.read(max(_PIECE, len(held)))
        self._is_whole = not data
        self._passed += self._place
        self._place = 0
        self._text = held + self._decoder.decode(data, final=self._is_whole)
