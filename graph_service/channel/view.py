"""What is known of the channel around some parties, as decisions need it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from graph_service.channel.links import Link, LinkFact, links_from
from graph_service.channel.registry import Registration, Registry, holders_in
from graph_service.channel.territories import Holdings, TerritoryFact, holdings_from

Dated = TypeVar("Dated", LinkFact, TerritoryFact)


class ChannelView:
    """Facts about some parties and products, and the questions that decisions ask of them.

    Args:
        registrations: of the parties.
        listings: of the products.
        link_facts: those in which one of the parties is the child.
        territory_facts: those of the parties.
    """

    def __init__(
        self,
        registrations: Iterable[Registration] = (),
        listings: Iterable[Registration] = (),
        link_facts: Iterable[LinkFact] = (),
        territory_facts: Iterable[TerritoryFact] = (),
    ) -> None:
        self.parties = Registry()
        self.products = Registry()
        self._link_facts: dict[str, list[LinkFact]] = {}
        self._territory_facts: dict[str, list[TerritoryFact]] = {}
        self._limit: int | None = None
        self._promo_holders: dict[str, set[str]] = defaultdict(set)
        self._links: dict[str, list[Link]] = {}
        self._holdings: dict[str, Holdings] = {}
        self.learn(registrations, listings, link_facts, territory_facts)

    def learn(
        self,
        registrations: Iterable[Registration],
        listings: Iterable[Registration],
        link_facts: Iterable[LinkFact],
        territory_facts: Iterable[TerritoryFact],
    ) -> None:
        """Takes in further parties and products, each with all facts of a kind; those it knows stay as they are."""
        for promo_code, holders in holders_in(self.parties.learn(registrations), "promoCode").items():
            self._promo_holders[promo_code] |= holders
        self.products.learn(listings)
        for child in _add(self._link_facts, ((link.child, link) for link in link_facts)):
            self._links.pop(child, None)
        for party in _add(self._territory_facts, ((territory.party, territory) for territory in territory_facts)):
            self._holdings.pop(party, None)

    def known_by(self, instant: int) -> "ChannelView":
        """The same without what was recorded later; it shares the facts."""
        early = ChannelView()
        early.parties, early.products = self.parties.known_by(instant), self.products.known_by(instant)
        early._link_facts, early._territory_facts, early._limit = self._link_facts, self._territory_facts, instant
        early._promo_holders = self._promo_holders
        return early

    def _known(self, facts: Iterable[Dated]) -> list[Dated]:
        return [fact for fact in facts if self._limit is None or fact.recorded_at <= self._limit]

    def links_of(self, child: str) -> list[Link]:
        """All links to a party from above, in the order in which they began."""
        if child not in self._links:
            self._links[child] = links_from(self._known(self._link_facts.get(child, ())))
        return self._links[child]

    def holdings_of(self, party: str) -> Holdings:
        """What a party held."""
        if party not in self._holdings:
            self._holdings[party] = holdings_from(self._known(self._territory_facts.get(party, ())))
        return self._holdings[party]

    def kind(self, party: str | None, at: int) -> str | None:
        """The kind of a party; None for one that nobody registered."""
        kind: str | None = self.parties.get(party, at).get("kind")
        return kind

    def brand_of(self, sku: str | None, at: int) -> str | None:
        """The brand of a product."""
        brand: str | None = self.products.get(sku, at).get("brand")
        return brand

    def price_of(self, sku: str | None, at: int) -> int:
        """The list price of a unit of a product, in fen; 0 where nobody listed one."""
        price: int = self.products.get(sku, at).get("priceFen") or 0
        return price

    def parents(self, child: str, relation: str, at: int) -> list[str]:
        """Who supplied, employed or served a party then, in the order in which it began."""
        return [link.parent for link in self.links_of(child) if link.relation == relation and link.in_force(at)]

    def employing_stores(self, clerk: str, at: int) -> Iterable[Mapping[str, Any]]:
        """What the stores that employed a clerk then were."""
        for parent in self.parents(clerk, "EMPLOYS", at):
            store = self.parties.get(parent, at)
            if store.get("kind") == "STORE":
                yield store

    def employer(self, clerk: str, at: int) -> str | None:
        """The store that employed a clerk then; of several, the one that began last."""
        stores = [party for party in self.parents(clerk, "EMPLOYS", at) if self.kind(party, at) == "STORE"]
        return stores[-1] if stores else None

    def earns(self, clerk: str, at: int) -> bool:
        """Whether a store employed a clerk then that lets its clerks be rewarded."""
        return any(
            (store.get("attributes") or {}).get("clerkRewards") is not False
            for store in self.employing_stores(clerk, at)
        )

    def promoter(self, promo_code: str | None, at: int, kinds: Collection[str]) -> str | None:
        """Whose promo code it was, of the parties of some kinds; of several one who earned, then the smaller id."""
        if promo_code is None:
            return None
        held = self.holders_of(promo_code, at, kinds)
        ranked = ((self.kind(one, at) == "CLERK" and not self.earns(one, at), one) for one in held)
        return min(ranked, default=(True, None))[1]

    def may_sell(self, party: str, region: str, sku: str, at: int) -> bool:
        """Whether a party's territories allow a product in a region; they do when it holds none for it."""
        return self.holdings_of(party).permit(party, region, sku, at)

    def holders_of(self, promo_code: str, at: int, kinds: Collection[str]) -> list[str]:
        """Ids of the parties of some kinds that had a promo code then."""
        return sorted(
            party
            for party in self._promo_holders.get(promo_code, ())
            if (state := self.parties.get(party, at)).get("kind") in kinds and state.get("promoCode") == promo_code
        )

    def suppliers_above(self, store: str, at: int) -> tuple[set[str], set[str]]:
        """The brands that supplied a store then, directly or through distributors; and every party on the way.

        Their links must have been fetched.
        """
        brands: set[str] = set()
        passed = {store}
        waiting = [store]
        while waiting:
            for parent in self.parents(waiting.pop(), "SUPPLIES", at):
                kind = self.kind(parent, at)
                if kind == "BRAND":
                    brands.add(parent)
                elif kind == "DISTRIBUTOR" and parent not in passed:
                    waiting.append(parent)
                passed.add(parent)
        return brands, passed


def _add(facts: dict[str, list[Dated]], more: Iterable[tuple[str, Dated]]) -> Collection[str]:
    """Adds facts by the party that they are of; returns the parties of which there were none."""
    new: dict[str, list[Dated]] = defaultdict(list)
    for party, fact in more:
        if party not in facts:
            new[party].append(fact)
    facts |= new
    return new.keys()
