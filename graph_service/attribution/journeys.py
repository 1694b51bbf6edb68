"""The ways of members through touches to their orders, and what each touch is credited with."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from graph_service.attribution import weights
from graph_service.moments import DAY

WINDOW = 180 * DAY
"""How long before an order a touch still counts, in microseconds; as long as any claim on a member."""

AT_A_STORE = frozenset({"VISIT", "EVENT"})
"""Kinds of touches that happen at the store they name; all others are online."""


class TouchModel(StrEnum):
    """How an order is credited to the touches before it."""

    FIRST_TOUCH = "FIRST_TOUCH"
    LAST_TOUCH = "LAST_TOUCH"
    LINEAR = "LINEAR"
    TIME_DECAY = "TIME_DECAY"
    POSITION_BASED = "POSITION_BASED"


class Touch(NamedTuple):
    """A touch: when, by which event, what and where; times in microseconds, parties as ids."""

    at: int
    event: str
    kind: str
    channel: str
    campaign: str | None
    store: str | None
    by: str | None

    @property
    def is_at_a_store(self) -> bool:
        """Whether the member was there."""
        return self.store is not None and self.kind in AT_A_STORE


class Order(NamedTuple):
    """An order: when, by which event, what was paid; times in microseconds, parties as ids."""

    at: int
    event: str
    order: str
    channel: str
    store: str | None
    paid_fen: int
    is_delivered: bool

    @property
    def is_sold_in_store(self) -> bool:
        """Whether it names a store, and no place to deliver to."""
        return self.store is not None and not self.is_delivered


class Journey(NamedTuple):
    """An order, the touches that led to it, oldest first, and whether the member had bought before."""

    order: Order
    touches: tuple[Touch, ...]
    is_repurchase: bool = False


class Share(NamedTuple):
    """The part of a store and channel in an order, and the touches that it rests on."""

    store: str | None
    channel: str | None
    share: float
    evidence: tuple[str, ...]


def journeys(touches: Iterable[Touch], orders: Iterable[Order]) -> list[Journey]:
    """The journeys of one member, in the order of its orders."""
    known = sorted(touches)
    found: list[Journey] = []
    for order in sorted(orders):
        before = takewhile(lambda touch: touch[:2] < order[:2], known)  # noqa: B023 - it is used up at once
        led = tuple(touch for touch in before if order.at < touch.at + WINDOW)
        again = bool(found) and order.at < found[-1].order.at + WINDOW
        found.append(Journey(order, led, again))
    return found


def weights_of(journey: Journey, model: TouchModel, half_life: int = weights.HALF_LIFE) -> list[float]:
    """What each touch of a journey is credited with, together 1; empty without touches."""
    count = len(journey.touches)
    if not count:
        return []
    match model:
        case TouchModel.FIRST_TOUCH:
            return weights.first_touch(count)
        case TouchModel.LAST_TOUCH:
            return weights.last_touch(count)
        case TouchModel.LINEAR:
            return weights.linear(count)
        case TouchModel.POSITION_BASED:
            return weights.position_based(count)
        case TouchModel.TIME_DECAY:
            return weights.time_decay([journey.order.at - touch.at for touch in journey.touches], half_life)


def shares_of(journey: Journey, model: TouchModel, half_life: int = weights.HALF_LIFE) -> list[Share]:
    """The shares of a journey by store and channel, the largest first, then the one that touched first."""
    parts: dict[tuple[str | None, str], list[tuple[float, str]]] = defaultdict(list)
    for touch, weight in zip(journey.touches, weights_of(journey, model, half_life), strict=True):
        parts[touch.store, touch.channel].append((weight, touch.event))
    shares = [
        Share(store, channel, sum(weight for weight, _ in credited), tuple(event for _, event in credited))
        for (store, channel), credited in parts.items()
    ]
    return sorted(shares, key=lambda share: -share.share)


def by_member(rows: Iterable[tuple[str, Touch | Order]]) -> Mapping[str, tuple[Sequence[Touch], Sequence[Order]]]:
    """What members did, by member."""
    found: dict[str, tuple[list[Touch], list[Order]]] = defaultdict(lambda: ([], []))
    for member, step in rows:
        if isinstance(step, Touch):
            found[member][0].append(step)
        else:
            found[member][1].append(step)
    return found
