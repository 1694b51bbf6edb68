"""JSON from outside, bounded before anything is made of it: how long an event may be, and how deep it may nest."""

import re
from typing import Any

from graph_service.intake.strict_json import InvalidJson, loads

MAX_NESTING = 64
MAX_EVENT = 32 * 1024 * 1024
"""Bytes: the largest event that the contract allows, 100,000 codes of 256 characters, has less."""

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def check_nesting(data: bytes) -> None:
    """Refuses JSON that nests deeper than anything here needs.

    Raises:
        InvalidJson: when it does.
    """
    if data.count(b"[") + data.count(b"{") <= MAX_NESTING:
        return
    depth = 0
    for token in _BRACKETS.finditer(data):
        if token[0] in b"[{":
            depth += 1
            if depth > MAX_NESTING:
                raise InvalidJson(f"it is nested deeper than {MAX_NESTING} levels")
        elif token[0] in b"]}":
            depth -= 1


def json_value(data: bytes) -> Any:
    """The strict JSON value of some bytes.

    Raises:
        InvalidJson: why they are none.
    """
    check_nesting(data)
    return loads(data)


def value_or_fault(data: bytes) -> Any | InvalidJson:
    """The same, with the reason in the value's place."""
    try:
        return json_value(data)
    except InvalidJson as fault:
        return fault
