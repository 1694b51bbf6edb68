"""What an event of the goods relates: hand-overs, till sales and scans as relations of parties, items and members."""

from collections.abc import Iterator, Sequence
from typing import Any

from graph_service.channel.registry import Registry
from graph_service.explore.elements import ITEM, MEMBER, PARTY, Edge, NodeId, edge
from graph_service.goods.codes import Span, code_of
from graph_service.graph.driver import Row


def item_id(key: str) -> NodeId:
    """The node of an item, by the key that it goes by."""
    return NodeId(ITEM, code_of(key))


def relations_of(event: Row, promo_codes: "PromoCodes") -> Iterator[Edge]:
    """All relations that an event makes.

    Args:
        event: as `explore/events` gives it.
        promo_codes: to find whose code a scan carries.
    """
    match event["type"]:
        case "goods.scanned":
            yield from _scan(event, promo_codes)
        case "goods.sold":
            yield from _sale(event)
        case _:
            yield from _hand_over(event)


def _hand_over(event: Row) -> Iterator[Edge]:
    how = event["type"].partition(".")[2]
    about = {"at": event["at"], "how": how, "salesperson": event["salesperson"]}
    if event["receiver"] is None:
        return
    receiver = NodeId(PARTY, event["receiver"])
    if event["sender"] is not None:
        sender = NodeId(PARTY, event["sender"])
        yield edge(sender, receiver, "HANDED_OVER", event["event"], codes=_count(event["items"]), **about)
    for item in _items(event):
        yield edge(item, receiver, "HANDED_TO", event["event"], **about)


def _sale(event: Row) -> Iterator[Edge]:
    items = _items(event)
    members = [NodeId(MEMBER, member) for member in event["members"]]
    store = None if event["sender"] is None else NodeId(PARTY, event["sender"])
    when = {"at": event["at"]}
    if store is not None:
        for item in items:
            yield edge(item, store, "SOLD_AT", event["event"], **when)
        for member in members:
            yield edge(member, store, "BOUGHT_FROM", event["event"], **when)
    for member in members:
        for item in items:
            yield edge(member, item, "BOUGHT", event["event"], **when)


def _scan(event: Row, promo_codes: "PromoCodes") -> Iterator[Edge]:
    about = {name: event[name] for name in ("at", "region", "channel", "campaign")}
    holders = promo_codes.holders(event["promoCode"], event["at"])
    for member in (NodeId(MEMBER, member) for member in event["members"]):
        for item in _items(event):
            yield edge(member, item, "SCANNED", event["event"], **about)
        for owner in event["owners"]:
            yield edge(member, NodeId(PARTY, owner), "SCANNED_GOODS_OF", event["event"], **about)
        for holder in holders:
            yield edge(member, NodeId(PARTY, holder), "USED_CODE_OF", event["event"], **about)


def _items(event: Row) -> list[NodeId]:
    """The items that it names; one that it names by several aliases comes once."""
    return [item_id(key) for key in dict.fromkeys(item for item, _, _ in event["items"])]


def _count(items: Sequence[Sequence[Any]]) -> int:
    """How many codes were named; aliases of one item count once."""
    return sum({item: Span(first, last).count for item, first, last in items}.values())


class PromoCodes:
    """Whose promo codes were whose at a time, of any kind of party.

    Args:
        registry: of those who ever had one of the promo codes asked about.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._holders = registry.holders_of("promoCode")

    def holders(self, promo_code: str | None, at: int) -> list[str]:
        """The parties that had the promo code then."""
        return sorted(
            party
            for party in self._holders.get(promo_code or "", ())
            if self._registry.get(party, at).get("promoCode") == promo_code
        )
