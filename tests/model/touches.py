"""Which touches brought an order about, and what each is credited with."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.model.log import Fact

if TYPE_CHECKING:
    from tests.model.world import World

WINDOW = timedelta(days=180)
HALF_LIFE = timedelta(days=7)
AT_A_STORE = ("VISIT", "EVENT")

Place = tuple[str | None, str]
"""Store, if any, and channel."""


def order_of(world: World, order: str) -> Fact | None:
    """Of two with one number the first in history."""
    placed = [fact for fact in world.facts if fact.type == "order.placed" and fact.body["order"] == order]
    return placed[0] if placed else None


def way_to(world: World, placed: Fact) -> list[Fact]:
    """The member's touches before the order, for 180 days, earlier orders or not."""
    person = _person(world, placed)
    return [
        fact
        for fact in world.facts
        if fact.type == "touch.recorded"
        and person is not None
        and _person(world, fact) == person
        and fact.key < placed.key
        and placed.at < fact.at + WINDOW
    ]


def weights(model: str, touches: list[Fact], placed: Fact) -> list[float | Fraction]:
    count = len(touches)
    if not count:
        return []
    if model == "FIRST_TOUCH":
        return [Fraction(place == 0) for place in range(count)]
    if model == "LAST_TOUCH":
        return [Fraction(place == count - 1) for place in range(count)]
    if model == "LINEAR" or (model == "POSITION_BASED" and count < 3):
        return [Fraction(1, count)] * count
    if model == "POSITION_BASED":
        ends = (0, count - 1)
        return [Fraction(2, 5) if place in ends else Fraction(1, 5 * (count - 2)) for place in range(count)]
    halved: list[float | Fraction] = [2.0 ** (-((placed.at - fact.at) / HALF_LIFE)) for fact in touches]
    return [weight / sum(halved) for weight in halved]


def shares(world: World, placed: Fact, model: str) -> dict[Place, tuple[float, list[str]]]:
    """By store and channel the share and the touches, in the order of history."""
    touches = way_to(world, placed)
    found: dict[Place, tuple[float, list[str]]] = {}
    for fact, weight in zip(touches, weights(model, touches, placed), strict=True):
        place = (fact.body.get("store"), fact.body["channel"])
        share, evidence = found.get(place, (0.0, []))
        found[place] = (share + float(weight), [*evidence, fact.id])
    return found


def online_in_store_orders(world: World, model: str) -> float | None:
    """How much of what stores sold was brought about online; of orders with touches, on average."""
    return _average(world, model, at_a_store=False, orders=[fact for fact in _orders(world) if _sold_in_store(fact)])


def store_in_online_repurchases(world: World, model: str) -> float | None:
    """How much of what members bought online, having bought within 180 days before, was brought about at stores."""
    orders = _orders(world)
    again = [
        fact
        for fact in orders
        if not _sold_in_store(fact)
        and any(
            _person(world, one) == _person(world, fact) and one.key < fact.key and fact.at < one.at + WINDOW
            for one in orders
            if _person(world, one) is not None
        )
    ]
    return _average(world, model, at_a_store=True, orders=again)


def _average(world: World, model: str, *, at_a_store: bool, orders: list[Fact]) -> float | None:
    parts = []
    for placed in orders:
        touches = way_to(world, placed)
        if touches:
            weighed = zip(touches, weights(model, touches, placed), strict=True)
            parts.append(sum(float(weight) for fact, weight in weighed if _at_a_store(fact) is at_a_store))
    return sum(parts) / len(parts) if parts else None


def _orders(world: World) -> list[Fact]:
    placed = [fact for fact in world.facts if fact.type == "order.placed"]
    return [fact for fact in placed if order_of(world, fact.body["order"]) is fact]


def _sold_in_store(placed: Fact) -> bool:
    """It names a store, and no place to deliver to."""
    return "store" in placed.body and "position" not in placed.body


def _at_a_store(touch: Fact) -> bool:
    return "store" in touch.body and touch.body["kind"] in AT_A_STORE


def _person(world: World, fact: Fact) -> Hashable:
    """The member, else the account that is no member's."""
    account = world.policy.account(fact.body.get("member"))
    member = world.member_of(account) if isinstance(account, tuple) else None
    return member.seed if member else world.account(fact)
