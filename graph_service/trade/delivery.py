"""Who delivers an order of the cloud store: the nearest store that may and can, else the supplying warehouse.

A store may deliver where each product's brand supplies it, directly or through distributors, and one of its direct
suppliers may sell the product in the store's region. It can deliver where it offers the services that are asked for, is
known to be open then, and has the units in stock. Stores farther than `within` are not asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph_service.channel.hours import is_open
from graph_service.channel.near import NearStore, Place, stores_near
from graph_service.channel.profile import opening_hours_of
from graph_service.channel.questions import upstream_of
from graph_service.channel.read import fetch_channel
from graph_service.goods.stock import Stock, stock_of
from graph_service.graph.driver import Row, Transaction
from graph_service.trade.cloud_store import supplying_warehouses

MOST_STORES = 50
"""How many stores are looked at, the nearest first."""

_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Considered:
    """A store that was looked at, and what stood against it: None for the one that delivers."""

    store: Row
    metres: float
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who delivers.

    Attributes:
        by: the store or warehouse; None where nobody has the goods.
        basis: `NEAREST_STORE`, `WAREHOUSE` or `NOBODY`.
        metres: how far the store is.
        considered: the stores that were looked at, nearest first.
        stores_left: whether there are more stores within reach than were looked at.
    """

    by: Row | None
    basis: str
    metres: float | None
    considered: Sequence[Considered]
    stores_left: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be delivered where and when.

    Attributes:
        place: latitude and longitude.
        quantities: units by SKU.
        at: the instant, in microseconds.
        services: that the store must offer.
        within: how far a store may be, in metres.
        store: whose cloud store it was ordered at; its suppliers' warehouses come first.
    """

    place: Place
    quantities: Mapping[str, int]
    at: int
    services: Sequence[str] = ()
    within: float = 30_000.0
    store: str | None = None


async def delivery(transaction: Transaction, wanted: Wanted) -> Delivery:
    """Who delivers, and why none of the nearer stores does."""
    considered: list[Considered] = []
    after: tuple[float, str] | None = None
    while len(considered) < MOST_STORES:
        near = await stores_near(transaction, wanted.place, within=wanted.within, after=after, limit=_AT_ONCE)
        if not near:
            break
        refusals = await _refusals(transaction, near, wanted)
        for one in near:
            refusal = refusals.get(one.party["id"])
            considered.append(Considered(one.party, one.metres, refusal))
            if refusal is None:
                return Delivery(one.party, "NEAREST_STORE", one.metres, considered, stores_left=False)
        if len(near) < _AT_ONCE:
            break
        after = (near[-1].metres, near[-1].party["id"])
    left = len(considered) >= MOST_STORES
    warehouse = await _warehouse(transaction, wanted)
    return Delivery(warehouse, "NOBODY" if warehouse is None else "WAREHOUSE", None, considered, left)


async def _refusals(transaction: Transaction, near: Sequence[NearStore], wanted: Wanted) -> dict[str, str]:
    """The first thing that stands against each store, in the order of the page above."""
    stores = {one.party["id"]: one.party for one in near}
    channel = await fetch_channel(transaction, parties=stores, skus=wanted.quantities)
    above = await upstream_of(transaction, stores, wanted.at)
    refusals: dict[str, str] = {}
    for store, party in stores.items():
        suppliers = channel.parents(store, "SUPPLIES", wanted.at)
        brands = {link.parent["id"] for link in above[store] if link.relation == "SUPPLIES"}
        region = party.get("region") or ""
        for sku in wanted.quantities:
            if channel.brand_of(sku, wanted.at) not in brands:
                refusals[store] = "not_supplied"
            elif not any(channel.may_sell(supplier, region, sku, wanted.at) for supplier in suppliers):
                refusals.setdefault(store, "outside_territory")
        if not set(wanted.services) <= set(party.get("services") or ()):
            refusals.setdefault(store, "no_service")
        opened = is_open(opening_hours_of(party), wanted.at)
        if not opened:
            refusals.setdefault(store, "hours_unknown" if opened is None else "closed")
    stock = await stock_of(transaction, stores.keys() - refusals.keys(), wanted.quantities, wanted.at)
    for store in stores.keys() - refusals.keys():
        if not _has(stock, store, wanted.quantities):
            refusals[store] = "no_stock"
    return refusals


def _has(stock: Stock, party: str, quantities: Mapping[str, int]) -> bool:
    return all(stock.get((party, sku), 0) >= quantity for sku, quantity in quantities.items())


async def _warehouse(transaction: Transaction, wanted: Wanted) -> Row | None:
    """The warehouse with the goods: one that a supplier of the cloud store's store keeps goes first, then by id."""
    warehouses = await supplying_warehouses(transaction, None, wanted.at)
    own = {one["id"] for one in await supplying_warehouses(transaction, wanted.store, wanted.at)}
    stock = await stock_of(transaction, (one["id"] for one in warehouses), wanted.quantities, wanted.at)
    having = (one for one in warehouses if _has(stock, one["id"], wanted.quantities))
    return min(having, key=lambda one: (one["id"] not in own, one["id"]), default=None)
