"""Fetches what decisions need to know of the channel: one statement for all parties and those above them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph_service.channel.links import LinkFact
from graph_service.channel.registry import Registration
from graph_service.channel.territories import TerritoryFact
from graph_service.channel.view import ChannelView
from graph_service.graph.driver import Row, Transaction


@dataclass(slots=True)
class PartyFacts:
    """What events said of some parties: registrations, links from above, territories; and of products: listings.

    Attributes:
        links: from above those asked about; of whoever stands above them only where that was asked for.
    """

    registrations: list[Registration] = field(default_factory=list)
    links: list[LinkFact] = field(default_factory=list)
    territories: list[TerritoryFact] = field(default_factory=list)
    listings: list[Registration] = field(default_factory=list)

    def add(self, other: "PartyFacts") -> None:
        """Takes in what was said of further parties."""
        self.registrations += other.registrations
        self.links += other.links
        self.territories += other.territories
        self.listings += other.listings


async def fetch_parties(
    transaction: Transaction,
    parties: Iterable[str],
    *,
    promo_codes: Iterable[str] = (),
    skus: Iterable[str] = (),
    above: bool = False,
    with_suppliers: bool = False,
) -> PartyFacts:
    """What events said of some parties and products.

    Args:
        transaction: to read in.
        parties: ids.
        promo_codes: whoever was registered with them is asked about, too.
        skus: of products.
        above: whether to tell of those that were ever linked above them, too.
        with_suppliers: whether to tell of all suppliers above these, and of their links.
    """
    facts = PartyFacts()
    asked, codes, products = set(parties), set(promo_codes), set(skus)
    known: set[str] = set()
    while asked or codes or products:
        suppliers: set[str] = set()
        found = await transaction.run(
            "channel/parties_known",
            rows=sorted(asked),
            promoCodes=sorted(codes),
            skus=sorted(products),
            above=above,
        )
        facts.listings += [
            Registration(sku, at, event, recorded_at, json.loads(body)["product"])
            for sku, at, event, recorded_at, body in found[0]["listings"]
        ]
        for row in found[0]["parties"]:
            if row["party"] not in known:
                known.add(row["party"])
                facts.add(_said(row, with_links=row["named"] or with_suppliers))
                suppliers |= {parent for _, relation, parent, *_ in row["links"] if relation == "SUPPLIES"}
        asked, codes, products = suppliers - known if with_suppliers else set(), set(), set()
    return facts


def _said(row: Row, *, with_links: bool) -> PartyFacts:
    party = row["party"]
    return PartyFacts(
        [
            Registration(party, at, event, recorded_at, json.loads(body)["party"])
            for at, event, recorded_at, body in row["registrations"]
        ],
        [
            LinkFact(kind == "channel.linked", relation, parent, party, at, event, recorded_at)
            for kind, relation, parent, at, event, recorded_at in (row["links"] if with_links else ())
        ],
        [
            TerritoryFact(kind == "territory.assigned", party, tuple(regions), tuple(skus), at, event, recorded_at)
            for kind, regions, skus, at, event, recorded_at in row["territories"]
        ],
    )


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
    facts = await fetch_parties(
        transaction, parties, promo_codes=promo_codes, skus=skus, above=True, with_suppliers=with_suppliers
    )
    return ChannelView(facts.registrations, facts.listings, facts.links, facts.territories)


async def fetch_listings(transaction: Transaction, skus: Iterable[str]) -> list[Registration]:
    """All listings of some products."""
    return (await fetch_parties(transaction, (), skus=skus)).listings
