"""The GraphQL types of stores near a point."""

from collections.abc import Sequence

import strawberry

from graph_service.api.paging import PageInfo, SortKey, paged
from graph_service.channel.near import NearStore as FoundNearStore
from graph_service.channel.near import Place
from graph_service.channel.types import Party, party_of_row
from graph_service.errors import ServiceError

NEAR = SortKey("stores near", (float, str))


@strawberry.type(description="A store and how far it is from the point.")
class NearStore:
    """A store and how far it is from the point."""

    store: Party
    metres: float = strawberry.field(description="As the crow flies.")
    is_open: bool | None = strawberry.field(description="At the time asked about; null without one.")

    @classmethod
    def of(cls, found: FoundNearStore) -> "NearStore":
        """What a store near a point looks like."""
        return cls(store=party_of_row(found.party), metres=found.metres, is_open=found.is_open)


@strawberry.type(description="A store of a page.")
class NearStoreEdge:
    """A store of a page."""

    cursor: str
    node: NearStore


@strawberry.type(description="A page of stores near a point.")
class NearStoreConnection:
    """A page of stores near a point."""

    edges: list[NearStoreEdge]
    page_info: PageInfo


def near_connection(found: Sequence[FoundNearStore], size: int, cursor: str | None) -> NearStoreConnection:
    """A page of stores in the order of their distance."""
    edges, page_info = paged(
        found,
        size,
        cursor,
        lambda one: NEAR.cursor(one.metres, one.party["id"]),
        lambda cursor, one: NearStoreEdge(cursor=cursor, node=NearStore.of(one)),
    )
    return NearStoreConnection(edges=edges, page_info=page_info)


def place_of(lat: float, lon: float) -> Place:
    """A point on the earth.

    Raises:
        ServiceError: `INVALID_QUERY`, when there is no such latitude or longitude.
    """
    for name, value, most in (("lat", lat, 90), ("lon", lon, 180)):
        if not -most <= value <= most:
            raise ServiceError(
                "INVALID_QUERY", f"`{name}` is {value}; expected degrees from -{most} to {most}.", path=name
            )
    return (lat, lon)
