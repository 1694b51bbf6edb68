"""Stores near a point: by distance, with services, open at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_service.channel.hours import is_open
from graph_service.channel.profile import opening_hours_of
from graph_service.graph.driver import Row, Transaction

FARTHEST = 20_040_000.0
"""Half around the earth, in metres: nothing is farther."""

_FIRST_RING = 500.0
_MOST_AT_ONCE = 1_000

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class NearStore:
    """A store and how far it is.

    Attributes:
        party: its properties.
        metres: as the crow flies.
        is_open: at the time asked about; None where its hours are unknown, or no time was given.
    """

    party: Row
    metres: float
    is_open: bool | None


async def stores_near(
    transaction: Transaction,
    place: Place,
    *,
    services: Sequence[str] = (),
    open_at: int | None = None,
    within: float = FARTHEST,
    after: tuple[float, str] | None = None,
    limit: int,
) -> list[NearStore]:
    """The next stores around a point, nearest first, then by id.

    Args:
        transaction: to read in.
        place: latitude and longitude, WGS 84, in degrees.
        services: all of which they offer.
        open_at: an instant (microseconds) at which they are known to be open; None for whatever their hours.
        within: how far, in metres.
        after: distance and id of the last one that was shown.
        limit: how many.
    """
    found: list[NearStore] = []
    position, size = after or (-1.0, ""), limit
    while len(found) < limit:
        rows = await transaction.run(
            "channel/stores_near",
            lat=place[0],
            lon=place[1],
            rings=_rings(max(position[0], 0.0), within),
            services=list(services),
            afterMetres=position[0],
            afterId=position[1],
            limit=size,
        )
        for row in rows:
            opened = None if open_at is None else is_open(opening_hours_of(row["party"]), open_at)
            if open_at is None or opened:
                found.append(NearStore(row["party"], row["metres"], opened))
        if len(rows) < size:
            break
        position, size = (rows[-1]["metres"], rows[-1]["party"]["id"]), min(2 * size, _MOST_AT_ONCE)
    return found[:limit]


def _rings(start: float, within: float) -> list[Row]:
    """Rings around a point, each twice as wide as the one before, from a distance on."""
    rings: list[Row] = []
    inner, outer = 0.0, _FIRST_RING
    while inner < within:
        outer = min(outer, within)
        if outer >= start:
            rings.append({"from": inner, "until": outer})
        inner, outer = outer, 2 * outer
    return rings
