"""Who owned an item at a time, by which fact, and whose goods it was on the way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from graph_service.channel.view import ChannelView
from graph_service.goods.containment import Position
from graph_service.goods.story import OWNERSHIP_TYPES, HandOver, Story

Item = TypeVar("Item")

RETAIL_KINDS = frozenset({"STORE", "GROUP_LEADER"})


@dataclass(frozen=True, slots=True)
class Way:
    """Who placed goods with a store, and what says so: `GOODS_FLOW` or `CHANNEL_LINK`."""

    distributor: str | None = None
    distributor_basis: str | None = None
    salesperson: str | None = None
    salesperson_basis: str | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """The answer, with its reasons; parties are ids, times are in microseconds.

    Attributes:
        status: `CONFIRMED`, `IN_TRANSIT`, `SOLD`, `DESTROYED` or `UNKNOWN`.
        owner: None while nobody owns it.
        confirmed: the latest fact that counts.
        shipped_to: where it is on its way to.
        store: the owner, where it is a store or group leader.
        way: who placed it there.
        brand: of the product.
        sku: of the product.
        steps: the hand-overs up to the time asked about, oldest first.
    """

    status: str
    owner: str | None = None
    confirmed: HandOver | None = None
    shipped_to: str | None = None
    store: str | None = None
    way: Way = Way()
    brand: str | None = None
    sku: str | None = None
    steps: tuple[HandOver, ...] = ()


def ownership(story: Story, channel: ChannelView, at: int, before: Position) -> Ownership:
    """Who owned an item.

    Args:
        story: of the item.
        channel: the parties and products around it.
        at: the moment at which parties, links and products are looked up, in microseconds.
        before: only facts before this position count.
    """
    made = story.commissioning(before)
    sku = made.sku if made else None
    brand = channel.brand_of(sku, at)
    steps = tuple(one for one in story.hand_overs if one.position < before)
    deciding, sold = _who_owned(story, before)
    if not deciding:
        return Ownership("UNKNOWN", brand=brand, sku=sku, steps=steps)
    latest = deciding[-1]
    if latest.type == "goods.destroyed":
        return Ownership("DESTROYED", brand=brand, sku=sku, steps=steps)
    owner = latest.receiver
    store = owner if owner is not None and channel.kind(owner, at) in RETAIL_KINDS else None
    shipment = None
    if sold is None:
        after = [one for one in steps if one.type == "goods.shipped" and one.position > latest.position]
        shipment = after[-1] if after else None
    return Ownership(
        status="SOLD" if sold is not None else "IN_TRANSIT" if shipment else "CONFIRMED",
        owner=owner,
        confirmed=latest,
        shipped_to=shipment.receiver if shipment else None,
        store=store,
        way=way_to(store, story, channel, at, _tenure(deciding)) if store is not None else Way(),
        brand=brand,
        sku=sku,
        steps=steps,
    )


def way_to(store: str, story: Story, channel: ChannelView, at: int, became: Position) -> Way:
    """How goods came to a store that became their owner at `became`."""
    owners = [one.receiver for one in _who_owned(story, became)[0]]
    flowed = _last([owner for owner in owners if channel.kind(owner, at) == "DISTRIBUTOR"])
    suppliers = [] if flowed else channel.parents(store, "SUPPLIES", at)
    supplier = _last([party for party in suppliers if channel.kind(party, at) == "DISTRIBUTOR"])
    shipments = [one for one in story.hand_overs if one.type == "goods.shipped" and one.receiver == store]
    shipment = _last([one for one in shipments if one.position < became])
    named = shipment.salesperson if shipment else None
    serving = None if named else _last(channel.parents(store, "SERVES", at))
    return Way(
        distributor=flowed or supplier,
        distributor_basis="GOODS_FLOW" if flowed else "CHANNEL_LINK" if supplier else None,
        salesperson=named or serving,
        salesperson_basis="GOODS_FLOW" if named else "CHANNEL_LINK" if serving else None,
    )


def _who_owned(story: Story, before: Position) -> tuple[list[HandOver], Position | None]:
    """The facts that made owners, up to the sale if there was one, and when that was.

    What nobody owned can't be sold and stays unknown.
    """
    earlier = [one for one in story.hand_overs if one.position < before]
    deciding = [one for one in earlier if one.type in OWNERSHIP_TYPES]
    sales = [one.position for one in earlier if one.type == "goods.sold"]
    if story.opened is not None and story.opened < before:
        sales.append(story.opened)
    sold = min((sale for sale in sales if deciding and deciding[0].position < sale), default=None)
    return [one for one in deciding if sold is None or one.position < sold], sold


def _tenure(deciding: list[HandOver]) -> Position:
    """When the present owner's time began; a receipt that repeats what was so already begins nothing."""
    first = deciding[-1]
    for one in reversed(deciding):
        if one.receiver != first.receiver:
            break
        first = one
    return first.position


def _last(items: Sequence[Item]) -> Item | None:
    return items[-1] if items else None
