"""The cloud store of a store: products at their list price, with the stock here and at the supplying warehouses."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.channel.profile import attributes_of
from graph_service.channel.questions import list_parties, upstream_of
from graph_service.channel.read import fetch_listings
from graph_service.channel.registry import Registry
from graph_service.goods.stock import stock_of
from graph_service.graph.driver import Row, Transaction

MOST_WAREHOUSES = 1_000


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """A product: its list price in fen, and units in stock."""

    sku: str
    name: str | None
    price_fen: int | None
    units_here: int
    units_at_warehouses: int


async def shelf(transaction: Transaction, store: str, skus: Sequence[str], at: int) -> list[ShelfLine]:
    """Products in a cloud store at an instant (microseconds), in the order asked."""
    listings = Registry(await fetch_listings(transaction, skus))
    warehouses = [one["id"] for one in await supplying_warehouses(transaction, store, at)]
    stock = await stock_of(transaction, [store, *warehouses], skus, at)
    lines = []
    for sku in dict.fromkeys(skus):
        listed = listings.get(sku, at)
        away = sum(stock.get((one, sku), 0) for one in warehouses)
        lines.append(ShelfLine(sku, listed.get("name"), listed.get("priceFen"), stock.get((store, sku), 0), away))
    return lines


async def supplying_warehouses(transaction: Transaction, store: str | None, at: int) -> list[Row]:
    """The warehouses that suppliers of a store keep (`attributes.keeper`), in the order of ids; without a store all."""
    warehouses = await list_parties(transaction, kind="WAREHOUSE", region=None, after="", limit=MOST_WAREHOUSES)
    if store is None:
        return list(warehouses)
    links = (await upstream_of(transaction, [store], at)).get(store, ())
    above = {link.parent["id"] for link in links if link.relation == "SUPPLIES"}
    return [one for one in warehouses if attributes_of(one).get("keeper") in above]
