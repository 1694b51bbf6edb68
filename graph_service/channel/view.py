"""What is known of the channel around some parties, as decisions need it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graph_service.channel.links import Link, LinkFact, links_from
from graph_service.channel.registry import Registry
from graph_service.channel.territories import Holdings, TerritoryFact, holdings_from


@dataclass(frozen=True)
class ChannelView:
    """Facts about some parties and products, and the questions that decisions ask of them.

    Attributes:
        parties: registrations by party id.
        products: listings by SKU.
        link_facts: those in which one of the parties is the child.
        territory_facts: those of the parties.
    """

    parties: Registry = field(default_factory=lambda: Registry(()))
    products: Registry = field(default_factory=lambda: Registry(()))
    link_facts: tuple[LinkFact, ...] = ()
    territory_facts: tuple[TerritoryFact, ...] = ()

    def known_by(self, instant: int) -> "ChannelView":
        """The same without what was recorded later."""
        return ChannelView(
            self.parties.known_by(instant),
            self.products.known_by(instant),
            tuple(fact for fact in self.link_facts if fact.recorded_at <= instant),
            tuple(fact for fact in self.territory_facts if fact.recorded_at <= instant),
        )

    @cached_property
    def _links(self) -> Mapping[tuple[str, str], list[Link]]:
        links: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in links_from(self.link_facts):
            links[link.child, link.relation].append(link)
        return links

    @cached_property
    def holdings(self) -> Mapping[str, Holdings]:
        """What each party held."""
        facts: dict[str, list[TerritoryFact]] = defaultdict(list)
        for fact in self.territory_facts:
            facts[fact.party].append(fact)
        return {party: holdings_from(dated) for party, dated in facts.items()}

    def kind(self, party: str | None, at: int) -> str | None:
        """The kind of a party; None for one that nobody registered."""
        kind: str | None = self.parties.get(party, at).get("kind")
        return kind

    def brand_of(self, sku: str | None, at: int) -> str | None:
        """The brand of a product."""
        brand: str | None = self.products.get(sku, at).get("brand")
        return brand

    def parents(self, child: str, relation: str, at: int) -> list[str]:
        """Who supplied, employed or served a party then, in the order in which it began."""
        return [link.parent for link in self._links.get((child, relation), ()) if link.in_force(at)]

    def employing_stores(self, clerk: str, at: int) -> Iterable[Mapping[str, Any]]:
        """What the stores that employed a clerk then were."""
        for parent in self.parents(clerk, "EMPLOYS", at):
            store = self.parties.get(parent, at)
            if store.get("kind") == "STORE":
                yield store

    def may_sell(self, party: str, region: str, sku: str, at: int) -> bool:
        """Whether a party's territories allow a product in a region; they do when it holds none for it."""
        holdings = self.holdings.get(party)
        return holdings is None or holdings.permit(party, region, sku, at)

    def clerks_with(self, promo_code: str, at: int) -> list[str]:
        """Ids of the clerks who had a promo code then."""
        return sorted(
            party
            for party in self.parties.subjects()
            if (state := self.parties.get(party, at)).get("kind") == "CLERK"
            and state.get("promoCode") == promo_code
        )
