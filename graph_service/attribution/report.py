"""What stores, channels, campaigns and clerks are credited with over many journeys."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph_service.attribution import weights
from graph_service.attribution.journeys import Journey, Touch, TouchModel, weights_of
from graph_service.attribution.paths import Trail


class CreditedTo(StrEnum):
    """What credit is summed by."""

    STORE = "STORE"
    CHANNEL = "CHANNEL"
    CAMPAIGN = "CAMPAIGN"
    CLERK = "CLERK"


_KEYS: Mapping[CreditedTo, Callable[[Touch], str | None]] = {
    CreditedTo.STORE: lambda touch: touch.store,
    CreditedTo.CHANNEL: lambda touch: touch.channel,
    CreditedTo.CAMPAIGN: lambda touch: touch.campaign,
    CreditedTo.CLERK: lambda touch: touch.by,
}


@dataclass(frozen=True, slots=True)
class Credited:
    """What one of them is credited with.

    Attributes:
        key: id of the store, campaign or clerk, or the channel; None for touches that name none.
        orders: how many; parts of one are possible.
        paid_fen: of what was paid for them, in fen; refunds are not taken off.
    """

    key: str | None
    orders: float
    paid_fen: float


@dataclass(frozen=True, slots=True)
class AttributionReport:
    """Credit over journeys.

    Attributes:
        orders: how many there were.
        untouched: how many of them no touch led to; together with the credited ones these are all.
        credited: the largest first, then by key.
        online_in_store: the share of online touches in orders that stores sold; None where none of them had touches.
        store_in_online_repurchases: the share of store touches in online orders of members who had bought before.
    """

    orders: int
    untouched: int
    credited: Sequence[Credited]
    online_in_store: float | None
    store_in_online_repurchases: float | None


def report(
    journeys: Iterable[Journey], model: TouchModel, by: CreditedTo, half_life: int = weights.HALF_LIFE
) -> AttributionReport:
    """Sums the credit of journeys.

    Args:
        journeys: of any members.
        model: how each is credited.
        by: what credit is summed by.
        half_life: under `TIME_DECAY`, in microseconds.
    """
    orders = untouched = 0
    parts: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
    in_store: list[float] = []
    again_online: list[float] = []
    for journey in journeys:
        orders += 1
        if not journey.touches:
            untouched += 1
            continue
        weighed = list(zip(journey.touches, weights_of(journey, model, half_life), strict=True))
        for touch, weight in weighed:
            parts[_KEYS[by](touch)].append((weight, weight * journey.order.paid_fen))
        if journey.order.is_sold_in_store:
            in_store.append(math.fsum(weight for touch, weight in weighed if not touch.is_at_a_store))
        elif journey.is_repurchase:
            again_online.append(math.fsum(weight for touch, weight in weighed if touch.is_at_a_store))
    credited = [
        Credited(key, math.fsum(part[0] for part in found), math.fsum(part[1] for part in found))
        for key, found in parts.items()
    ]
    return AttributionReport(
        orders,
        untouched,
        sorted(credited, key=lambda one: (-one.orders, one.key or "")),
        math.fsum(in_store) / len(in_store) if in_store else None,
        math.fsum(again_online) / len(again_online) if again_online else None,
    )


def trails_of(journeys: Iterable[Journey], unsold: Iterable[Sequence[Touch]]) -> list[Trail]:
    """The paths of journeys, alike ones together: what `graph-service attribution` reads and writes.

    Args:
        journeys: those without touches are no path.
        unsold: the touches of members who bought nothing.
    """
    counted: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for journey in journeys:
        if journey.touches:
            sums = counted[tuple(touch.channel for touch in journey.touches)]
            sums[0] += 1
            sums[1] += journey.order.paid_fen
    for touches in unsold:
        counted[tuple(touch.channel for touch in touches)][2] += 1
    return [Trail(channels, *sums) for channels, sums in sorted(counted.items())]
