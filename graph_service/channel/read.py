"""Fetches what decisions need to know of the channel: one statement for all parties, one more for those above them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph_service.channel.links import LinkFact
from graph_service.channel.registry import Registration, Registry
from graph_service.channel.territories import TerritoryFact
from graph_service.channel.view import ChannelView
from graph_service.graph.driver import Transaction


@dataclass(slots=True)
class PartyFacts:
    """What events said of some parties: registrations, links from above, territories."""

    registrations: list[Registration] = field(default_factory=list)
    links: list[LinkFact] = field(default_factory=list)
    territories: list[TerritoryFact] = field(default_factory=list)

    def add(self, other: "PartyFacts") -> None:
        """Takes in what was said of further parties."""
        self.registrations += other.registrations
        self.links += other.links
        self.territories += other.territories


async def fetch_parties(transaction: Transaction, parties: Iterable[str]) -> PartyFacts:
    """What events said of some parties."""
    facts = PartyFacts()
    for row in await transaction.rows_of("channel/parties_known", sorted(set(parties))):
        party = row["party"]
        facts.registrations += [
            Registration(party, at, event, recorded_at, json.loads(body)["party"])
            for at, event, recorded_at, body in row["registrations"]
        ]
        facts.links += [
            LinkFact(kind == "channel.linked", relation, parent, party, at, event, recorded_at)
            for kind, relation, parent, at, event, recorded_at in row["links"]
        ]
        facts.territories += [
            TerritoryFact(kind == "territory.assigned", party, tuple(regions), tuple(skus), at, event, recorded_at)
            for kind, regions, skus, at, event, recorded_at in row["territories"]
        ]
    return facts


async def fetch_registrations(transaction: Transaction, parties: Iterable[str]) -> list[Registration]:
    """All registrations of some parties."""
    return (await fetch_parties(transaction, parties)).registrations


async def fetch_channel(
    transaction: Transaction,
    *,
    parties: Iterable[str] = (),
    promo_codes: Iterable[str] = (),
    skus: Iterable[str] = (),
    with_suppliers: bool = False,
) -> ChannelView:
    """What is known of parties, of whoever is linked above them and holds these promo codes, and of products.

    Args:
        transaction: to read in.
        parties: ids.
        promo_codes: whose holders count as named, too.
        skus: of products.
        with_suppliers: whether all suppliers above them are wanted, with their links.
    """
    clerks = {
        row["party"] for row in await transaction.rows_of("channel/holders_of_promo_codes", sorted(set(promo_codes)))
    }
    named = set(parties) | clerks
    facts = await fetch_parties(transaction, named)
    above = {link.parent for link in facts.links} - named
    links = list(facts.links)
    while above:
        named |= above
        found = await fetch_parties(transaction, above)
        facts.add(found)
        above = (
            {link.parent for link in found.links if link.relation == "SUPPLIES"} - named if with_suppliers else set()
        )
        links += found.links if with_suppliers else ()
    listings = await fetch_listings(transaction, skus)
    return ChannelView(Registry(facts.registrations), Registry(listings), links, facts.territories)


async def fetch_listings(transaction: Transaction, skus: Iterable[str]) -> list[Registration]:
    """All listings of some products."""
    return [
        Registration(row["sku"], row["at"], row["event"], row["recordedAt"], json.loads(row["body"])["product"])
        for row in await transaction.rows_of("channel/listings", sorted(set(skus)))
    ]
