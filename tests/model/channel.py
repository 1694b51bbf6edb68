"""The channel: who is who, who is linked to whom, who holds which territory, and which brand made what.

Every relation is dated and half-open: in force from its `at` until before the `at` of its end. Ids order
only facts of one moment among themselves; a question at that moment sees the outcome.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.model.log import Fact, instant

Time = str | datetime | None


def contains(region: str, inner: str | None) -> bool:
    return inner is not None and (inner + "/").startswith(region + "/")


class Register:
    """Parties by id, products by sku: a later entry replaces what it names, `attributes` as a whole."""

    def __init__(self, facts: Iterable[Fact], type_: str, field: str, name: str) -> None:
        self.entries: dict[str, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
        for fact in facts:
            if fact.type == type_:
                entry = fact.body[field]
                self.entries[entry[name]].append((fact.at, entry))

    def get(self, id_: str | None, at: Time = None) -> dict[str, Any]:
        """What was registered by then, else the earliest entry; nothing when there is none."""
        when, entries = instant(at), self.entries.get(id_ or "", [])
        state: dict[str, Any] = {}
        for since, entry in entries:
            if since <= when or entry is entries[0][1]:
                state |= entry
        return state


@dataclass(frozen=True)
class Link:
    relation: str
    parent: str
    child: str
    since: datetime
    until: datetime | None
    event: str
    """The event that began it: of several links, the one that began last is the latest (`since`, event)."""


@dataclass(frozen=True)
class Territory:
    party: str
    region: str
    sku: str | None
    """None: every product."""
    since: datetime
    until: datetime | None


class Channel:
    def __init__(self, facts: list[Fact]) -> None:
        self.parties = Register(facts, "party.registered", "party", "id")
        self.products = Register(facts, "product.listed", "product", "sku")
        self._links = replay_links(facts)
        self._up: dict[str, list[Link]] = defaultdict(list)
        self._down: dict[str, list[Link]] = defaultdict(list)
        for link in self._links:
            self._up[link.child].append(link)
            self._down[link.parent].append(link)
        self._held, self._taken = replay_territories(facts)

    def kind(self, party: str | None, at: Time = None) -> str | None:
        """None for a party that is only named, never registered."""
        kind: str | None = self.parties.get(party, at).get("kind")
        return kind

    def links(self, party: str, relation: str | None, direction: str, at: Time = None) -> list[Link]:
        """UP: the links to its parents; DOWN: to its children. In the order in which they began."""
        when, links = instant(at), (self._up if direction == "UP" else self._down).get(party, [])
        return [link for link in links if relation in {None, link.relation} and in_force(link, when)]

    def upstream(self, party: str, at: Time = None) -> list[Link]:
        """Every link to a supplier or employer, theirs included; nearest first, then by parent."""
        found, seen, layer = [], {party}, [party]
        while layer:
            above = [link for child in layer for link in self.links(child, None, "UP", at)]
            above = [link for link in above if link.relation in {"SUPPLIES", "EMPLOYS"}]
            found += sorted(above, key=lambda link: (link.parent, link.child, link.relation))
            layer = sorted({link.parent for link in above} - seen)
            seen.update(layer)
        return found

    def branch(self, party: str, kind: str | None = None, at: Time = None, max_depth: int = 10) -> list[str]:
        """Everyone below by any relation, each once, nearest first, then by id. `kind` only filters."""
        found, seen, layer = [], {party}, [party]
        for _ in range(max_depth):
            below = {link.child for parent in layer for link in self.links(parent, None, "DOWN", at)}
            layer = sorted(below - seen)
            seen.update(layer)
            found += layer
        return [one for one in found if kind in {None, self.kind(one, at)}]

    def chain_path(self, start: str, end: str, at: Time = None) -> list[Link]:
        """The shortest way over links, walked up or down; of equal ways the smallest by party ids."""

        def around(party: str) -> list[tuple[str, Link]]:
            up = [(link.parent, link) for link in self.links(party, None, "UP", at)]
            return up + [(link.child, link) for link in self.links(party, None, "DOWN", at)]

        distance, layer = {end: 0}, [end]
        while layer and start not in distance:
            step = distance[layer[0]] + 1
            layer = sorted({other for party in layer for other, _ in around(party)} - distance.keys())
            distance |= dict.fromkeys(layer, step)
        path: list[Link] = []
        here = start if start in distance else end
        while here != end:
            nearer = [(to, link) for to, link in around(here) if distance.get(to) == distance[here] - 1]
            # Two links may join the same pair: the contract is silent, the smaller relation is shown.
            here, link = min(nearer, key=lambda way: (way[0], way[1].relation, way[1].parent))
            path.append(link)
        return path

    def territories(self, party: str, at: Time = None, sku: str | None = None) -> list[Territory]:
        """What it holds then; with a sku, only what it holds for that product."""
        when = instant(at)
        held = [one for one in self._held if one.party == party and in_force(one, when)]
        if sku is None:
            return held
        taken = [one for one in self._taken if one.party == party and one.sku == sku]
        missing = {one.region for one in taken if in_force(one, when)}
        return [one for one in held if one.sku == sku or (one.sku is None and one.region not in missing)]


def in_force(one: Link | Territory, when: datetime) -> bool:
    return one.since <= when and (one.until is None or when < one.until)


class Spans:
    """What begins and ends: beginning what lasts, or ending what does not, changes nothing."""

    def __init__(self) -> None:
        self.lasting: dict[tuple[str, ...], Fact] = {}
        self._over: list[tuple[Fact, Fact | None, tuple[str, ...]]] = []

    def begin(self, what: tuple[str, ...], fact: Fact) -> None:
        self.lasting.setdefault(what, fact)

    def end(self, what: tuple[str, ...], fact: Fact) -> None:
        if what in self.lasting:
            self._over.append((self.lasting.pop(what), fact, what))

    def all(self) -> list[tuple[Fact, datetime | None, tuple[str, ...]]]:
        """In the order in which they began."""
        spans = self._over + [(start, None, what) for what, start in self.lasting.items()]
        spans.sort(key=lambda span: (span[0].key, span[2]))
        return [(start, end.at if end else None, what) for start, end, what in spans]


def replay_links(facts: list[Fact]) -> list[Link]:
    links = Spans()
    for fact in facts:
        if fact.type in {"channel.linked", "channel.unlinked"}:
            turn = links.begin if fact.type == "channel.linked" else links.end
            turn((fact.body["relation"], fact.body["parent"], fact.body["child"]), fact)
    return [
        Link(relation, parent, child, start.at, until, start.id)
        for start, until, (relation, parent, child) in links.all()
    ]


EVERY = ""  # stands for "every product" where a sku is named


def replay_territories(facts: list[Fact]) -> tuple[list[Territory], list[Territory]]:
    """What was held, and which single products were taken out of a territory that covers every product.

    The contract is silent on the second; a brand that releases one product expects that it is released.
    A release is for the regions it names, not for smaller or larger ones.
    """
    held, taken = Spans(), Spans()
    for fact in facts:
        if fact.type not in {"territory.assigned", "territory.released"}:
            continue
        for region in fact.body["regions"]:
            place = fact.body["party"], region
            skus = fact.body.get("skus")
            if not skus:
                # Every product comes or goes: none is missing any more.
                for what in [what for what in taken.lasting if what[:2] == place]:
                    taken.end(what, fact)
            if fact.type == "territory.assigned":
                for sku in skus or [EVERY]:
                    held.begin((*place, sku), fact)
                continue
            for what in [what for what in held.lasting if what[:2] == place and (not skus or what[2] in skus)]:
                held.end(what, fact)
            if (*place, EVERY) in held.lasting:
                for sku in skus or []:
                    taken.begin((*place, sku), fact)
    return territories_of(held), territories_of(taken)


def territories_of(spans: Spans) -> list[Territory]:
    return [
        Territory(party, region, sku or None, start.at, until) for start, until, (party, region, sku) in spans.all()
    ]
