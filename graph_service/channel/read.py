"""Fetches what decisions need to know of the channel: one statement a kind of fact, for all parties at once."""

import json
from collections.abc import Iterable

from graph_service.channel.links import LinkFact
from graph_service.channel.registry import Registration, Registry
from graph_service.channel.territories import TerritoryFact
from graph_service.channel.view import ChannelView
from graph_service.graph.driver import Transaction


async def fetch_channel(
    transaction: Transaction,
    *,
    parties: Iterable[str] = (),
    promo_codes: Iterable[str] = (),
    skus: Iterable[str] = (),
) -> ChannelView:
    """What is known of parties, of whoever is linked above them and holds these promo codes, and of products.

    Territories are fetched for the parties and those above them.
    """
    clerks = {
        row["party"] for row in await transaction.rows_of("channel/holders_of_promo_codes", sorted(set(promo_codes)))
    }
    named = set(parties) | clerks
    links = await fetch_links(transaction, named)
    everyone = named | {link.parent for link in links}
    return ChannelView(
        parties=Registry(await fetch_registrations(transaction, everyone)),
        products=Registry(await fetch_listings(transaction, skus)),
        link_facts=links,
        territory_facts=await fetch_territories(transaction, everyone),
    )


async def fetch_registrations(transaction: Transaction, parties: Iterable[str]) -> list[Registration]:
    """All registrations of some parties."""
    return [
        Registration(row["party"], row["at"], row["event"], row["recordedAt"], json.loads(row["body"])["party"])
        for row in await transaction.rows_of("channel/registrations", sorted(set(parties)))
    ]


async def fetch_listings(transaction: Transaction, skus: Iterable[str]) -> list[Registration]:
    """All listings of some products."""
    return [
        Registration(row["sku"], row["at"], row["event"], row["recordedAt"], json.loads(row["body"])["product"])
        for row in await transaction.rows_of("channel/listings", sorted(set(skus)))
    ]


async def fetch_links(transaction: Transaction, children: Iterable[str]) -> list[LinkFact]:
    """The facts of the links to some parties from above."""
    return [
        LinkFact(
            row["type"] == "channel.linked",
            row["relation"],
            row["parent"],
            row["child"],
            row["at"],
            row["event"],
            row["recordedAt"],
        )
        for row in await transaction.rows_of("channel/links_to", sorted(set(children)))
    ]


async def fetch_territories(transaction: Transaction, parties: Iterable[str]) -> list[TerritoryFact]:
    """The facts of the territories of some parties."""
    return [
        TerritoryFact(
            row["type"] == "territory.assigned",
            row["party"],
            tuple(row["regions"]),
            tuple(row["skus"]),
            row["at"],
            row["event"],
            row["recordedAt"],
        )
        for row in await transaction.rows_of("channel/territories_of", sorted(set(parties)))
    ]
