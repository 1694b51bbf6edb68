"""Who owned a code, on what evidence, and whose goods they were on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.model.channel import Channel
from tests.model.goods import OWNERSHIP, Goods, HandOver, Story
from tests.model.log import Key

RETAIL = {"STORE", "GROUP_LEADER"}


@dataclass(frozen=True)
class Step:
    event: str
    type: str
    at: datetime
    code: str
    sender: str | None
    receiver: str | None


@dataclass(frozen=True)
class Way:
    """Who placed the goods with a store, and what says so: GOODS_FLOW or CHANNEL_LINK."""

    distributor: str | None = None
    distributor_basis: str | None = None
    salesperson: str | None = None
    salesperson_basis: str | None = None


@dataclass(frozen=True)
class Ownership:
    code: str
    status: str
    steps: tuple[Step, ...]
    brand: str | None
    owner: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    via: str | None = None
    shipped_to: str | None = None
    store: str | None = None
    way: Way = Way()


def ownership(goods: Goods, channel: Channel, code: str, at: datetime, before: Key) -> Ownership:
    """`before` bounds the facts; `at` is the moment at which parties and links are looked up."""
    story = goods.story(code)
    made = story.commissioning(before)
    hand_overs = [one for one in story.hand_overs if one.key < before]
    steps = tuple(
        Step(one.fact.id, one.fact.type, one.fact.at, one.via(code), one.sender, one.receiver) for one in hand_overs
    )
    brand = channel.products.get(made.body["sku"], at).get("brand") if made else None

    deciding, sold = who_owned(story, before)
    if not deciding:
        return Ownership(code, "UNKNOWN", steps, brand)
    latest = deciding[-1]
    if latest.fact.type == "goods.destroyed":
        return Ownership(code, "DESTROYED", steps, brand)

    shipped = [one for one in hand_overs if one.fact.type == "goods.shipped" and one.key > latest.key]
    in_transit = bool(shipped) and not sold
    owner = latest.receiver
    became = became_owner(deciding)
    store = owner if channel.kind(owner, at) in RETAIL else None
    return Ownership(
        code,
        "SOLD" if sold else "IN_TRANSIT" if in_transit else "CONFIRMED",
        steps,
        brand,
        owner,
        latest.fact.id,
        latest.fact.at,
        latest.via(code),
        shipped[-1].receiver if in_transit else None,
        store,
        way(channel, story, store, became, at) if store else Way(),
    )


def who_owned(story: Story, before: Key) -> tuple[list[HandOver], Key | None]:
    """The facts that made owners, up to the sale if there was one; and when that was."""
    hand_overs = [one for one in story.hand_overs if one.key < before]
    deciding = [one for one in hand_overs if one.fact.type in OWNERSHIP]
    sales = [one.key for one in hand_overs if one.fact.type == "goods.sold"]
    if story.opened and story.opened.key < before:
        sales.append(story.opened.key)
    # The contract is silent on selling what nobody owns (a container without papers): it stays UNKNOWN.
    sold = min((key for key in sales if deciding and deciding[0].key < key), default=None)
    return [one for one in deciding if sold is None or one.key < sold], sold


def became_owner(deciding: list[HandOver]) -> Key:
    """When the present owner's time began; a receipt that repeats what was so already begins nothing."""
    first = deciding[-1]
    for one in reversed(deciding):
        if one.receiver != first.receiver:
            break
        first = one
    return first.key


def way(channel: Channel, story: Story, store: str, became: Key, at: datetime) -> Way:
    """How goods came to a store that became their owner at `became`."""
    owners = [one.receiver for one in who_owned(story, became)[0]]
    # Kinds are asked for at the moment in question, like every other relation of the answer.
    distributors = [party for party in owners if channel.kind(party, at) == "DISTRIBUTOR"]
    shipped = [one for one in story.hand_overs if one.fact.type == "goods.shipped" and one.key < became]
    shipments = [one for one in shipped if one.receiver == store]
    named = shipments[-1].fact.body.get("salesperson") if shipments else None
    suppliers = [link.parent for link in channel.links(store, "SUPPLIES", "UP", at)]
    suppliers = [party for party in suppliers if channel.kind(party, at) == "DISTRIBUTOR"]
    serving = [link.parent for link in channel.links(store, "SERVES", "UP", at)]
    # Links come in the order in which they began: of several, the last.
    distributor = last(distributors) or last(suppliers)
    salesperson = named or last(serving)
    return Way(
        distributor,
        "GOODS_FLOW" if distributors else "CHANNEL_LINK" if distributor else None,
        salesperson,
        "GOODS_FLOW" if named else "CHANNEL_LINK" if salesperson else None,
    )


def last(parties: Sequence[str | None]) -> str | None:
    return parties[-1] if parties else None
