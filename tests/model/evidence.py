"""Evidence: which identifiers were seen, which were seen together, and what an operator said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import combinations

from tests.model.log import Fact
from tests.model.policy import Identifier, Policy, by_text, lists_in

Pair = tuple[Identifier, Identifier]
"""The one of smaller text first."""

NEVER = datetime.min.replace(tzinfo=UTC)


def pair_of(a: Identifier, b: Identifier) -> Pair:
    return (a, b) if by_text(a) <= by_text(b) else (b, a)


def pairs_in(seen: Iterable[Identifier]) -> list[Pair]:
    return [pair_of(a, b) for a, b in combinations(seen, 2)]


class Evidence:
    """Of `facts`, in order of history; those up to an identifier's time in `erased` are none of it."""

    def __init__(self, facts: list[Fact], policy: Policy, erased: Mapping[Identifier, datetime]) -> None:
        self._policy = policy
        self._erased = erased
        self._released: dict[Pair, datetime] = {}
        self.seen: dict[Identifier, list[Fact]] = {}
        self.together: dict[Pair, list[Fact]] = {}
        """Seen in one list, or linked by an operator."""
        self.pairs: dict[Pair, list[Fact]] = {}
        """What links: the same, less the lists with two values of a unique namespace."""
        self.by_operator: set[Pair] = set()
        self.apart: set[Pair] = set()
        # Words of an operator about a pair are no sightings: whom only they name is no member.
        for fact in facts:
            pair = self._operators_pair(fact)
            if pair and fact.type == "member.released":
                self._released[pair] = fact.at  # the latest one: facts are in order
            elif pair and fact.type == "member.unlinked":
                self.apart.add(pair)
        for fact in facts:
            self._read(fact)

    def first_seen(self, identifier: Identifier) -> datetime:
        return self.seen[identifier][0].at

    def last_seen(self, identifier: Identifier) -> datetime:
        return self.seen[identifier][-1].at

    def company(self) -> dict[Identifier, set[Identifier]]:
        """With whom each was seen. A list with two phones shows a device with two phones, though it links nothing."""
        company: dict[Identifier, set[Identifier]] = {one: set() for one in self.seen}
        for a, b in self.together:
            company[a].add(b)
            company[b].add(a)
        return company

    def _operators_pair(self, fact: Fact) -> Pair | None:
        if fact.type not in {"member.linked", "member.unlinked", "member.released"}:
            return None
        a, b = self._policy.normal(fact.body["a"]), self._policy.normal(fact.body["b"])
        return pair_of(a, b) if a and b and a != b else None

    def _read(self, fact: Fact) -> None:
        lists = [self._policy.normals(sent) for sent in lists_in(fact.body)]
        # To the letter: the fault of one list spoils its event, the other list of an invitation included.
        spoiled = any(self._two_values_of_unique(one) for one in lists)
        # An operator's link is evidence like a list of the two: they were seen, together, at that time. Where the
        # policy blocks one of them, it is dropped from its event like any other, and the other was seen.
        pair = self._operators_pair(fact) if fact.type == "member.linked" else None
        if fact.type == "member.linked":
            lists = [self._policy.normals([fact.body["a"], fact.body["b"]])]
        for one in dict.fromkeys(one for seen in lists for one in seen):
            if fact.at > self._erased.get(one, NEVER):
                self.seen.setdefault(one, []).append(fact)
        for each in dict.fromkeys(each for seen in lists for each in pairs_in(seen)):
            # "Up to its `at`" is meant of that moment, whatever the ids.
            if fact.at > max(self._released.get(each, NEVER), *(self._erased.get(one, NEVER) for one in each)):
                self.together.setdefault(each, []).append(fact)
                if not spoiled:
                    self.pairs.setdefault(each, []).append(fact)
                if pair:
                    self.by_operator.add(each)

    def _two_values_of_unique(self, seen: list[Identifier]) -> bool:
        types = [type_ for type_, _, _ in seen if self._policy.is_unique(type_)]
        return len(types) > len(set(types))

    def spoiled(self, pair: Pair) -> bool:
        """Whether the two were seen together only in events that name two values of a unique namespace."""
        return pair in self.together and pair not in self.pairs
