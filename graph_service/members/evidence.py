"""Evidence for a pair of identifiers, out of the events that name both (`contract/identity.md`, 2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from graph_service.graph.driver import Row


class PairFact(NamedTuple):
    """An event in force that shows two identifiers in one list, or in which an operator speaks of both.

    `spoiled` tells that it links nothing that it shows.
    """

    event: str
    type: str
    at: int
    source: str | None
    spoiled: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to say of a pair; times in microseconds.

    Attributes:
        first: when they were first seen together; None when never, or when that was released.
        last: when they were last.
        count: in how many events.
        sources: the systems that sent them.
        spoiled: in how many further events, which name two values of a unique namespace and so link nothing.
        linked_first: when an operator first linked them; None when none did since they were last released.
        linked_last: when an operator last did.
        apart: whether an operator keeps them apart.
        released: up to when evidence does not count.
    """

    first: int | None = None
    last: int | None = None
    count: int = 0
    sources: tuple[str, ...] = ()
    spoiled: int = 0
    linked_first: int | None = None
    linked_last: int | None = None
    apart: bool = False
    released: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to keep."""
        return self == Evidence()

    def row(self) -> Row:
        """As properties of the pair; None where there is nothing."""
        return {
            "first": self.first,
            "last": self.last,
            "count": self.count or None,
            "sources": list(self.sources) or None,
            "spoiled": self.spoiled or None,
            "linkedFirst": self.linked_first,
            "linkedLast": self.linked_last,
            "apart": self.apart or None,
            "released": self.released,
        }

    @classmethod
    def of(cls, properties: Row) -> "Evidence":
        """The evidence of a pair's properties; what is not there counts as nothing."""
        return cls(
            properties.get("first"),
            properties.get("last"),
            properties.get("count") or 0,
            tuple(sorted(properties.get("sources") or ())),
            properties.get("spoiled") or 0,
            properties.get("linkedFirst"),
            properties.get("linkedLast"),
            bool(properties.get("apart")),
            properties.get("released"),
        )


def counted(facts: Iterable[PairFact]) -> list[PairFact]:
    """The facts that count for linking: those after the pair was last released."""
    listed = list(facts)
    released = max((fact.at for fact in listed if fact.type == "member.released"), default=None)
    silent = {"member.released", "member.unlinked"}
    return [fact for fact in listed if fact.type not in silent and (released is None or fact.at > released)]


def evidence_of(facts: Sequence[PairFact]) -> Evidence:
    """The evidence that events are for a pair."""
    counting = counted(facts)
    shown = {fact.event: fact for fact in counting if fact.type != "member.linked"}.values()
    seen = [fact for fact in shown if not fact.spoiled]
    linked = [fact.at for fact in counting if fact.type == "member.linked"]
    return Evidence(
        first=min((fact.at for fact in seen), default=None),
        last=max((fact.at for fact in seen), default=None),
        count=len(seen),
        sources=tuple(sorted({fact.source for fact in seen if fact.source is not None})),
        spoiled=len(shown) - len(seen),
        linked_first=min(linked, default=None),
        linked_last=max(linked, default=None),
        apart=any(fact.type == "member.unlinked" for fact in facts),
        released=max((fact.at for fact in facts if fact.type == "member.released"), default=None),
    )
