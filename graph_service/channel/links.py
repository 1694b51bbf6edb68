"""Dated links between parties, from the facts that begin and end them.

    (:Party)-[:SUPPLIES|EMPLOYS|SERVES {from, fromEvent, until, untilEvent}]->(:Party)

A link is in force from its `at` until before the `at` of its end; linking what is linked changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkFact:
    """`channel.linked` or `channel.unlinked`.

    Attributes:
        begins: whether it links.
        relation: SUPPLIES, EMPLOYS or SERVES.
        parent: who supplies, employs or serves.
        child: whom.
        at: when, in microseconds.
        event: its id.
        recorded_at: when the log took it, in microseconds.
    """

    begins: bool
    relation: str
    parent: str
    child: str
    at: int
    event: str
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Link:
    """A relation while it lasted; `until` is None while it lasts."""

    relation: str
    parent: str
    child: str
    since: int
    since_event: str
    until: int | None = None
    until_event: str | None = None

    def in_force(self, at: int) -> bool:
        """Whether it held at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


def links_from(facts: Iterable[LinkFact]) -> list[Link]:
    """The links that these facts make, in the order in which they began."""
    open_links: dict[tuple[str, str, str], LinkFact] = {}
    links: list[Link] = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.event)):
        key = (fact.relation, fact.parent, fact.child)
        if fact.begins:
            open_links.setdefault(key, fact)
        elif key in open_links:
            begun = open_links.pop(key)
            links.append(Link(*key, begun.at, begun.event, fact.at, fact.event))
    links += [Link(*key, begun.at, begun.event) for key, begun in open_links.items()]
    return sorted(links, key=lambda link: (link.since, link.since_event))
