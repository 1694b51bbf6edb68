"""Footfall: who came to a store in a period, for the first time or again, and what brought them.

A visit is a registration there, a redemption that counts, a care visit, a till sale or an order that the store sold to
the member, or a touch at the store. A member counts once for a store and period, by its first visit in it: new if it
was never there before. What brought it is the first of these that holds:

1. `VOUCHER`: the visit is a redemption;
2. `REFERRAL`: it is new, and was invited in the 180 days before;
3. `CLERK`: the visit names a clerk, or carries a promo code;
4. `OWN_GOODS`: it opened goods of the store in the 180 days before;
5. `ONLINE_TOUCH`: an online touch of the store, or of none, in the 180 days before;
6. `NEARBY`: a scan or an order within 3 km of the store in the 180 days before;
7. `WALK_IN`: nothing is known.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from graph_service.attribution.journeys import WINDOW

NEARBY_METRES = 3_000.0

_EARTH_METRES = 6_378_140.0

Position = tuple[int, str]
Place = tuple[float, float]


class Source(StrEnum):
    """What brought a member to a store."""

    VOUCHER = "VOUCHER"
    REFERRAL = "REFERRAL"
    CLERK = "CLERK"
    OWN_GOODS = "OWN_GOODS"
    ONLINE_TOUCH = "ONLINE_TOUCH"
    NEARBY = "NEARBY"
    WALK_IN = "WALK_IN"


class Visit(NamedTuple):
    """A visit, by its place in history."""

    at: int
    event: str


@dataclass(slots=True)
class Known:
    """What is known of a member that bears on a store.

    Attributes:
        visits: at the store.
        redemptions: events of visits that are redemptions.
        invited: when it was invited.
        own_goods: when it opened goods of the store.
        touches: online ones, of the store or of none.
        places: where it was, and when.
    """

    visits: list[Visit] = field(default_factory=list)
    redemptions: set[str] = field(default_factory=set)
    invited: Position | None = None
    own_goods: list[Position] = field(default_factory=list)
    touches: list[Position] = field(default_factory=list)
    places: list[tuple[Position, Place]] = field(default_factory=list)


class Arrival(NamedTuple):
    """A member's first visit of a period, and whether it was the first ever."""

    visit: Visit
    is_new: bool


def arrival(known: Known, since: int, until: int) -> Arrival | None:
    """The first visit from an instant on and before another (microseconds); None without one."""
    first = min((one for one in known.visits if since <= one.at < until), default=None)
    return None if first is None else Arrival(first, first == min(known.visits))


def source_of(known: Known, came: Arrival, *, has_clerk: bool, store: Place | None) -> Source:
    """What brought a member.

    Args:
        known: of the member and the store.
        came: its first visit.
        has_clerk: whether that names a clerk or a promo code.
        store: where the store is, if anybody knows.
    """
    visit = came.visit

    def just_before(moments: Iterable[Position]) -> bool:
        return any(moment < visit and visit.at < moment[0] + WINDOW for moment in moments)

    if visit.event in known.redemptions:
        return Source.VOUCHER
    if came.is_new and known.invited is not None and just_before([known.invited]):
        return Source.REFERRAL
    if has_clerk:
        return Source.CLERK
    if just_before(known.own_goods):
        return Source.OWN_GOODS
    if just_before(known.touches):
        return Source.ONLINE_TOUCH
    near = [moment for moment, place in known.places if store is not None and metres(store, place) <= NEARBY_METRES]
    return Source.NEARBY if just_before(near) else Source.WALK_IN


def metres(a: Place, b: Place) -> float:
    """How far two places are apart, as the crow flies."""
    lat, lon, other_lat, other_lon = map(math.radians, (*a, *b))
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class Footfall:
    """How many members came to stores, by source; a member counts for each store that it came to.

    Attributes:
        new: for the first time.
        returning: who had been there before.
    """

    new: Mapping[Source, int]
    returning: Mapping[Source, int]


def counted(found: Sequence[tuple[Source, bool]]) -> Footfall:
    """The footfall of members, given their sources and whether they are new."""
    return Footfall(
        Counter(source for source, is_new in found if is_new),
        Counter(source for source, is_new in found if not is_new),
    )
