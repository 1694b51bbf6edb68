"""Codes: which of them are one item, and which a range stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.model.log import Event, Fact

NAMING = ("codes", "children", "parent", "code")


def named_codes(facts: Iterable[Fact]) -> Iterator[str]:
    """Every code that an event spells out; what only lies inside a range is not among them."""
    for fact in facts:
        if fact.type.startswith(("goods.", "code.")):
            for field in NAMING:
                value = fact.body.get(field, [])
                yield from [value] if isinstance(value, str) else value
            yield from (alias["code"] for alias in fact.body.get("aliases", []))


class Range:
    """All codes between two that differ only in a run of digits."""

    def __init__(self, first: str, last: str) -> None:
        pairs = list(zip(first, last, strict=True))
        start = next((i for i, (a, b) in enumerate(pairs) if a != b), len(pairs))
        end = start
        while end < len(pairs) and is_digit(first[end]) and is_digit(last[end]):
            end += 1
        self.length, self.start, self.end = len(first), start, end
        self.head, self.tail = first[:start], first[end:]
        self.low, self.high = first[start:end], last[start:end]

    def __contains__(self, code: str) -> bool:
        if len(code) != self.length or not code.startswith(self.head) or not code.endswith(self.tail):
            return False
        number = code[self.start : self.end]
        return all(map(is_digit, number)) and self.low <= number <= self.high


def is_digit(character: str) -> bool:
    return "0" <= character <= "9"


class Commissioning:
    """One `goods.commissioned`, and the question which codes it made."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        body: Event = fact.body
        self.codes = dict.fromkeys(body.get("codes", []))
        self.range = Range(**body["range"]) if body.get("range") else None

    def __contains__(self, code: str) -> bool:
        return code in self.codes or (self.range is not None and code in self.range)


class Items:
    """Codes that were ever aliased to one another are one item, and always were."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._codes: dict[str, set[str]] = {}
        for fact in facts:
            if fact.type == "code.aliased":
                one = {fact.body["code"], *(alias["code"] for alias in fact.body["aliases"])}
                one = one.union(*(self.codes(code) for code in one))
                self._codes |= dict.fromkeys(one, one)

    def codes(self, code: str) -> set[str]:
        return self._codes.get(code, {code})

    def of(self, code: str) -> str:
        """The item, named by the smallest of its codes."""
        return min(self._codes[code]) if code in self._codes else code
