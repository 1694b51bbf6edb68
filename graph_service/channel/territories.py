"""Territories: the regions that a party may sell in, for every product or for some.

    (:Party)-[:HOLDS]->(:Territory {region, sku, from, until, without})

A release is for the regions that it names, not for larger or smaller ones. One that names products takes them out of
a territory for every product, too: a brand that releases a product expects it to be released.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from graph_service.channel.regions import contains


@dataclass(frozen=True, slots=True)
class TerritoryFact:
    """`territory.assigned` or `territory.released`.

    Attributes:
        assigns: whether it assigns.
        party: who holds.
        regions: paths of names from large to small.
        skus: none for every product.
        at: when, in microseconds.
        event: its id.
        recorded_at: when the log took it, in microseconds.
    """

    assigns: bool
    party: str
    regions: tuple[str, ...]
    skus: tuple[str, ...]
    at: int
    event: str
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Territory:
    """A region held for one product, or for every one (`sku` None), while it lasted."""

    party: str
    region: str
    sku: str | None
    since: int
    until: int | None = None

    def in_force(self, at: int) -> bool:
        """Whether it was held at an instant."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What parties held, and which products were taken out of what they held for every product."""

    held: tuple[Territory, ...] = ()
    taken: tuple[Territory, ...] = ()

    def at(self, party: str, at: int, sku: str | None = None) -> list[Territory]:
        """What a party held then; with a SKU, only what it held for that product."""
        held = [one for one in self.held if one.party == party and one.in_force(at)]
        if sku is None:
            return held
        missing = {one.region for one in self.taken if one.party == party and one.sku == sku and one.in_force(at)}
        return [one for one in held if one.sku == sku or (one.sku is None and one.region not in missing)]

    def permit(self, party: str, region: str, sku: str, at: int) -> bool:
        """Whether a party may sell a product in a region: true, too, when it holds no territory for it at all."""
        held = self.at(party, at, sku)
        return not held or any(contains(one.region, region) for one in held)


class _Periods:
    """Periods that begin and end; beginning what lasts, or ending what does not, changes nothing."""

    def __init__(self) -> None:
        self.lasting: dict[tuple[str, str, str | None], TerritoryFact] = {}
        self._over: list[tuple[TerritoryFact, Territory]] = []

    def begin(self, party: str, region: str, sku: str | None, fact: TerritoryFact) -> None:
        self.lasting.setdefault((party, region, sku), fact)

    def end(self, party: str, region: str, sku: str | None, fact: TerritoryFact) -> None:
        begun = self.lasting.pop((party, region, sku), None)
        if begun is not None:
            self._over.append((begun, Territory(party, region, sku, begun.at, fact.at)))

    def all(self) -> tuple[Territory, ...]:
        lasting = [(begun, Territory(*what, begun.at)) for what, begun in self.lasting.items()]
        ordered = sorted(
            self._over + lasting,
            key=lambda one: (one[0].at, one[0].event, one[1].region, one[1].sku or "", one[1].until or 0),
        )
        return tuple(territory for _, territory in ordered)


def holdings_from(facts: Iterable[TerritoryFact]) -> Holdings:
    """What these facts make their parties hold, in the order in which it began."""
    held, taken = _Periods(), _Periods()
    by_place: dict[tuple[str, str], list[TerritoryFact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.event)):
        for region in fact.regions:
            by_place[fact.party, region].append(fact)
    for (party, region), dated in by_place.items():
        for fact in dated:
            _apply(fact, party, region, held, taken)
    return Holdings(held.all(), taken.all())


def _apply(fact: TerritoryFact, party: str, region: str, held: _Periods, taken: _Periods) -> None:
    if not fact.skus:
        # Every product comes or goes, so none is missing any more.
        for what in [what for what in taken.lasting if what[:2] == (party, region)]:
            taken.end(*what, fact)
    if fact.assigns:
        for sku in fact.skus or (None,):
            held.begin(party, region, sku, fact)
        return
    for what in [what for what in held.lasting if what[:2] == (party, region)]:
        if not fact.skus or what[2] in fact.skus:
            held.end(*what, fact)
    if (party, region, None) in held.lasting:
        for sku in fact.skus:
            taken.begin(party, region, sku, fact)
