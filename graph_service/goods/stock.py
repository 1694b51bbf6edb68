"""Stock: the units that parties own, have not sold and have not sent off."""

from collections.abc import Iterable, Mapping

from graph_service.channel.view import ChannelView
from graph_service.goods.codes import Span
from graph_service.goods.ownership import ownership
from graph_service.goods.questions import end_of
from graph_service.goods.read import fetch_goods
from graph_service.graph.driver import Transaction

Stock = Mapping[tuple[str, str], int]
"""Units by party and SKU; what is not there is none."""


async def stock_of(transaction: Transaction, parties: Iterable[str], skus: Iterable[str], at: int) -> Stock:
    """The stock of parties at an instant (microseconds), in a few statements for all of them together.

    A run of codes that share their history is decided on once, however many codes it holds.
    """
    asked = sorted(set(parties))
    rows = await transaction.rows_of("goods/handed_units", asked, skus=sorted(set(skus)), at=at)
    spans = {row["item"]: Span(row["item"], row["last"]) for row in rows}
    goods = await fetch_goods(transaction, spans)
    # Who owns something does not depend on what the parties are.
    nobody = ChannelView()
    stock: dict[tuple[str, str], int] = {}
    for item, span in spans.items():
        owned = ownership(goods.story(item), nobody, at, end_of(at))
        if owned.status == "CONFIRMED" and owned.owner in asked and owned.sku is not None:
            key = (owned.owner, owned.sku)
            stock[key] = stock.get(key, 0) + span.count
    return stock
