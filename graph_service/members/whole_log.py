"""The whole log as evidence about identifiers, held in memory, and what a policy decides on all of them at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from graph_service.graph.driver import Row
from graph_service.members.decide import Outcome
from graph_service.members.evidence import Evidence, PairFact
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import Policy
from graph_service.members.sightings import Pair
from graph_service.members.surroundings import StoredPair, Surroundings, is_shared

_DECIDED_AT_ONCE = 10_000


class StoredIdentifier(NamedTuple):
    """What is stored of an identifier; times in microseconds."""

    type: str
    app: str | None
    sealed: str | None
    place: int | None
    erased_at: int | None
    first: int | None
    last: int | None
    shared: bool | None
    evicted: bool | None
    member: str | None


class KnownPair(NamedTuple):
    """What is stored of a pair."""

    evidence: Evidence
    refused: tuple[str | None, str | None]


NO_PAIR = KnownPair(Evidence(), (None, None))


@dataclass(slots=True)
class Whole:
    """The whole log as evidence: what is stored of identifiers, when each was seen, what speaks of each pair.

    It is as large as the log, so each text is held once, however often it came.
    """

    stored: dict[str, StoredIdentifier] = field(default_factory=dict)
    pairs: dict[Pair, KnownPair] = field(default_factory=dict)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    facts: dict[Pair, list[PairFact]] = field(default_factory=lambda: defaultdict(list))
    _texts: dict[Any, Any] = field(default_factory=dict)

    def once(self, text: Any) -> Any:
        """The same, as it came first."""
        return self._texts.setdefault(text, text)

    def store(self, row: Row) -> None:
        """Takes in what is stored of an identifier and of its pairs."""
        name = self.once(row["identifier"])
        kind, app, member = self.once(row["type"]), self.once(row["app"]), self.once(row["member"])
        self.stored[name] = StoredIdentifier(
            kind,
            app,
            row["sealed"],
            row["place"],
            row["erasedAt"],
            row["first"],
            row["last"],
            row["shared"],
            row["evicted"],
            member,
        )
        for other, properties in row["pairs"]:
            evidence = Evidence.of(properties)
            evidence = replace(evidence, sources=self.once(tuple(map(self.once, evidence.sources))))
            refused = self.once((properties.get("refused"), properties.get("namespace")))
            self.pairs[name, self.once(other)] = KnownPair(evidence, refused)

    def row(self, identifier: str) -> Row:
        """An identifier as it is stored, but seen when the log as a whole says so; it was."""
        first, last = self.seen[identifier]
        return self.stored[identifier]._asdict() | {"first": first, "last": last}

    def erased(self, identifier: str) -> int:
        """Up to when nothing counts of an identifier; what is new since the reading began is looked at again anyhow."""
        stored = self.stored.get(identifier)
        return -(2**62) if stored is None or stored.erased_at is None else stored.erased_at


def decide_all(
    whole: Whole, evidence: Mapping[Pair, Evidence], policy: Policy, keys: IdentifierKeys
) -> tuple[set[str], Outcome]:
    """Who is shared, and what becomes of the others: component by component, because all at once take gigabytes."""
    company: dict[str, list[Pair]] = defaultdict(list)
    for pair in evidence:
        if pair[0] in whole.stored and pair[1] in whole.stored:
            company[pair[0]].append(pair)
            company[pair[1]].append(pair)
    shared = {
        one
        for one, pairs in company.items()
        if is_shared(whole.stored[one].type, [_seen_from(one, pair, whole, evidence) for pair in pairs], policy)
    }

    outcome = Outcome()
    alone = {one for one in whole.seen if one not in shared and one in whole.stored}
    for together in _components(alone, company):
        around = Surroundings(
            {one: whole.row(one) for one in together},
            {one: [_seen_from(one, pair, whole, evidence) for pair in company.get(one, ())] for one in together},
        )
        found = around.decided(policy, keys)
        outcome.member |= found.member
        outcome.evicted |= found.evicted
        outcome.refused += found.refused
    return shared, outcome


def _components(identifiers: set[str], company: Mapping[str, Sequence[Pair]]) -> Iterator[list[str]]:
    """Whole components of identifiers, many small ones or a large one at a time."""
    left = set(identifiers)
    together: list[str] = []
    while left:
        waiting = [left.pop()]
        while waiting:
            one = waiting.pop()
            together.append(one)
            reached = left.intersection(other for pair in company.get(one, ()) for other in pair)
            left -= reached
            waiting += reached
        if len(together) >= _DECIDED_AT_ONCE:
            yield together
            together = []
    if together:
        yield together


def _seen_from(one: str, pair: Pair, whole: Whole, evidence: Mapping[Pair, Evidence]) -> StoredPair:
    other = pair[1] if pair[0] == one else pair[0]
    said = evidence[pair]
    return StoredPair(
        other,
        whole.stored[other].type,
        None,
        said.first,
        said.last,
        said.count,
        said.spoiled,
        said.linked_first,
        said.linked_last,
        said.apart,
        None,
        None,
    )
