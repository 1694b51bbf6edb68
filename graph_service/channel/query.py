"""The entry points to the channel in GraphQL."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import page_size, paged, within
from graph_service.api.scalars import DateTime
from graph_service.channel import chain_path as ways
from graph_service.channel.enums import PartyKind
from graph_service.channel.loaders import party_of
from graph_service.channel.near import FARTHEST, NearStore
from graph_service.channel.near import stores_near as find_stores_near
from graph_service.channel.near_types import NEAR, NearStoreConnection, near_connection, place_of
from graph_service.channel.questions import DatedLink, list_parties
from graph_service.channel.types import PARTIES, ChainLink, Party, PartyConnection, PartyEdge, party_of_row
from graph_service.graph.driver import Row, Transaction
from graph_service.moments import now


@strawberry.type
class ChannelQuery:
    """Questions about the channel."""

    @field("A registered party.")
    async def party(self, info: strawberry.Info[Context, Any], id: strawberry.ID) -> Party | None:  # noqa: A002
        """A registered party."""
        return await party_of(info, id)

    @field("Registered parties in the order of ids; a region contains those within it.")
    async def parties(
        self,
        info: strawberry.Info[Context, Any],
        kind: PartyKind | None = UNSET,
        region: str | None = UNSET,
        first: int = 50,
        after: str | None = UNSET,
    ) -> PartyConnection:
        """Registered parties, as they are now."""
        cursor, only, place, size = given(after), given(kind), given(region), page_size(first)
        (position,) = PARTIES.values(cursor) or ("",)

        async def work(transaction: Transaction) -> Sequence[Row]:
            return await list_parties(
                transaction, kind=only.value if only else None, region=place, after=position, limit=size + 1
            )

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda row: PARTIES.cursor(row["id"]),
            lambda cursor, row: PartyEdge(cursor=cursor, node=party_of_row(row)),
        )
        return PartyConnection(edges=edges, page_info=page_info)

    @field("The dated links that lead from one party to another, shortest way; empty when there is none.")
    async def chain_path(
        self,
        info: strawberry.Info[Context, Any],
        *,
        from_: Annotated[strawberry.ID, strawberry.argument(name="from")],
        to: strawberry.ID,
        at: DateTime | None = UNSET,
    ) -> list[ChainLink]:
        """The shortest way, walked up or down; of equal ways the one by the smallest ids."""
        instant = given(at)

        async def work(transaction: Transaction) -> Sequence[DatedLink]:
            return await ways.chain_path(transaction, from_, to, now() if instant is None else instant)

        return [ChainLink.of(link) for link in await info.context.read(work)]

    @field("Stores around a point, nearest first, then by id: those that offer all these services, and are open then.")
    async def stores_near(
        self,
        info: strawberry.Info[Context, Any],
        lat: float,
        lon: float,
        services: list[str] | None = UNSET,
        open_at: DateTime | None = UNSET,
        within_metres: int | None = UNSET,
        first: int = 10,
        after: str | None = UNSET,
    ) -> NearStoreConnection:
        """Page by page; a store whose hours are unknown is open at no time that is asked for."""
        cursor, when, size = given(after), given(open_at), page_size(first)
        radius = given(within_metres)
        farthest = FARTHEST if radius is None else float(within(radius, 1, int(FARTHEST), path="withinMetres"))
        place = place_of(lat, lon)

        async def work(transaction: Transaction) -> Sequence[NearStore]:
            return await find_stores_near(
                transaction,
                place,
                services=given(services) or (),
                open_at=when,
                within=farthest,
                after=NEAR.values(cursor),
                limit=size + 1,
            )

        return near_connection(await info.context.read(work), size, cursor)
