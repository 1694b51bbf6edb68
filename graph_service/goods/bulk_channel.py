"""What is known of the channel, kept while a job asks about many goods of the same parties."""

from collections import defaultdict
from collections.abc import Iterable, Set

from graph_service.channel.links import LinkFact
from graph_service.channel.read import fetch_listings, fetch_parties
from graph_service.channel.registry import Registration
from graph_service.channel.view import ChannelView
from graph_service.graph.driver import Transaction


class ChannelMemory:
    """Facts about parties and products as far as ownership needs them; each is fetched once."""

    def __init__(self) -> None:
        self._registrations: dict[str, list[Registration]] = {}
        self._links: dict[str, list[LinkFact]] = {}
        self._listings: dict[str, list[Registration]] = {}

    async def fetch(self, transaction: Transaction, parties: Set[str], skus: Set[str]) -> None:
        """Fetches what is missing of parties, of whoever is linked above them, and of products."""
        await self._fetch_parties(transaction, parties)
        await self._fetch_parties(transaction, self._above(parties))
        missing = skus - self._listings.keys()
        listed = await fetch_listings(transaction, missing)
        self._listings |= _by_subject(missing, listed)

    async def _fetch_parties(self, transaction: Transaction, parties: Set[str]) -> None:
        missing = parties - self._registrations.keys()
        facts = await fetch_parties(transaction, missing)
        links: dict[str, list[LinkFact]] = defaultdict(list)
        for link in facts.links:
            links[link.child].append(link)
        self._registrations |= _by_subject(missing, facts.registrations)
        self._links |= {party: links[party] for party in missing}

    def _above(self, parties: Iterable[str]) -> set[str]:
        return {link.parent for party in parties for link in self._links[party]}

    def view(self, parties: Set[str], skus: Set[str]) -> ChannelView:
        """The view on parties and products that were fetched."""
        known = parties | self._above(parties)
        return ChannelView(
            (one for party in known for one in self._registrations[party]),
            (one for sku in skus for one in self._listings[sku]),
            [link for party in parties for link in self._links[party]],
        )

    def turns(self, parties: Set[str], skus: Set[str]) -> set[int]:
        """The instants at which an answer that rests on them may change, in microseconds."""
        registered = {one.at for party in parties | self._above(parties) for one in self._registrations[party]}
        linked = {link.at for party in parties for link in self._links[party]}
        return registered | linked | {one.at for sku in skus for one in self._listings[sku]}


def _by_subject(subjects: Iterable[str], registrations: Iterable[Registration]) -> dict[str, list[Registration]]:
    by_subject: dict[str, list[Registration]] = {subject: [] for subject in subjects}
    for one in registrations:
        by_subject[one.subject].append(one)
    return by_subject
