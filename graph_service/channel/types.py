"""The GraphQL types of the channel: parties, links between them, territories."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import PageInfo, SortKey, page_size, paged, within
from graph_service.api.scalars import JSON, DateTime
from graph_service.channel.children import LinksAsked, load_holdings, load_links, load_upstream
from graph_service.channel.enums import ChannelRelation, Direction, PartyKind
from graph_service.channel.profile import opening_hours_of
from graph_service.channel.questions import DatedLink, branch_of, storable, whole
from graph_service.channel.territory_groups import Territory, grouped
from graph_service.graph.driver import Row, Transaction
from graph_service.moments import now

LINKS = SortKey("links", (int, str))
BRANCH = SortKey("branch", (int, str))
PARTIES = SortKey("parties", (str,))
DEEPEST = 50


@strawberry.interface(description="Who takes part in the channel. Its own fields tell what it is now.")
class Party:
    """Who takes part in the channel, as derived in the graph."""

    row: strawberry.Private[Row]
    id: strawberry.ID
    kind: PartyKind
    name: str | None
    region: str | None

    @field("The links in force (now, when no time is given), in the order in which they began.")
    async def links(
        self,
        info: strawberry.Info[Context, Any],
        *,
        relation: ChannelRelation | None = UNSET,
        direction: Direction,
        at: DateTime | None = UNSET,
        first: int = 50,
        after: str | None = UNSET,
    ) -> "ChainLinkConnection":
        """Its links to those above or below."""
        cursor, only = given(after), given(relation)
        asked = LinksAsked(
            relation=only.value if only else None,
            direction="UP" if direction is Direction.UP else "DOWN",
            at=given(at),
            limit=page_size(first) + 1,
            after=LINKS.values(cursor),
        )
        links = await load_links(info.context, self.id, asked)
        edges, page_info = paged(
            links,
            first,
            cursor,
            lambda link: LINKS.cursor(link.since, link.since_event),
            lambda cursor, link: ChainLinkEdge(cursor=cursor, node=ChainLink.of(link)),
        )
        return ChainLinkConnection(edges=edges, page_info=page_info)

    @field("All suppliers and employers up to the brands.")
    async def upstream(self, info: strawberry.Info[Context, Any], at: DateTime | None = UNSET) -> list["ChainLink"]:
        """Nearest first, then by parent."""
        return [ChainLink.of(link) for link in whole(await load_upstream(info.context, self.id, given(at)))]

    @field("Everyone below: supplied, employed or served, directly or not; each once, nearest first, then by id.")
    async def branch(
        self,
        info: strawberry.Info[Context, Any],
        kind: PartyKind | None = UNSET,
        at: DateTime | None = UNSET,
        max_depth: int = 10,
        first: int = 50,
        after: str | None = UNSET,
    ) -> "PartyConnection":
        """`kind` is what they were at that time; it filters what is shown, not the ways there."""
        cursor, only, size = given(after), given(kind), page_size(first)
        depth, position = within(max_depth, 1, DEEPEST, path="maxDepth"), BRANCH.values(cursor)

        async def work(transaction: Transaction) -> Sequence[tuple[int, Row]]:
            return await branch_of(
                transaction,
                self.id,
                kind=only.value if only else None,
                at=given(at),
                now=now(),
                max_depth=depth,
                after=position,
                limit=size + 1,
            )

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda found: BRANCH.cursor(found[0], found[1]["id"]),
            lambda cursor, found: PartyEdge(cursor=cursor, node=party_of_row(found[1])),
        )
        return PartyConnection(edges=edges, page_info=page_info)

    @field("Where it may sell (now, when no time is given); with a SKU, where it may sell that.")
    async def territories(
        self, info: strawberry.Info[Context, Any], at: DateTime | None = UNSET, sku: str | None = UNSET
    ) -> list[Territory]:
        """Regions with the same products and time are joined (`territory_groups`)."""
        instant, product = given(at), given(sku)
        if product is not None and not storable(product):
            return []
        when = now() if instant is None else instant
        holdings = await load_holdings(info.context, self.id, instant)
        taken = (one for one in holdings.taken if one.party == self.id)
        return grouped(holdings.at(self.id, when, product), taken)


@strawberry.type(description="A point on the earth, WGS 84, in degrees.")
class Position:
    """A point on the earth."""

    lat: float
    lon: float


@strawberry.type(description="Owns the products, the rules and the budgets.")
class Brand(Party):
    """品牌: owns the products, the rules and the budgets."""


@strawberry.type(description="Buys from the brand or from another distributor.")
class Distributor(Party):
    """经销商: buys from the brand or from another distributor."""


@strawberry.type(description="Employed by a brand or a distributor; serves stores.")
class Salesperson(Party):
    """业务员: employed by a brand or a distributor; serves stores."""


@strawberry.type(description="Sells to consumers.")
class Store(Party):
    """终端门店: sells to consumers."""

    @field("Such as pet shop, pet hospital, supermarket.")
    def store_type(self) -> str | None:
        """What kind of store."""
        return self.row.get("storeType")

    @field("Such as washing, boarding, nursing.")
    def services(self) -> list[str]:
        """What it does besides selling."""
        return list(self.row.get("services") or ())

    @strawberry.field
    def position(self) -> Position | None:
        """Where it is."""
        lat, lon = self.row.get("lat"), self.row.get("lon")
        return None if lat is None or lon is None else Position(lat=lat, lon=lon)

    @field("As it was registered.")
    def opening_hours(self) -> JSON | None:
        """When it is open; what is nested stands in the graph as JSON."""
        hours = opening_hours_of(self.row)
        return None if hours is None else JSON(hours)


@strawberry.type(description="Works at a store for a time.")
class Clerk(Party):
    """店员: works at a store for a time."""

    @field("The personal code that members scan.")
    def promo_code(self) -> str | None:
        """导购码."""
        return self.row.get("promoCode")


@strawberry.type(description="Runs community group buying; a small store without a shop.")
class GroupLeader(Party):
    """团长: runs community group buying."""

    @field("The personal code that members scan.")
    def promo_code(self) -> str | None:
        """推广码."""
        return self.row.get("promoCode")


@strawberry.type(description="Keeps stock: central, regional or a store's.")
class Warehouse(Party):
    """仓: keeps stock."""


PARTY_TYPES: dict[PartyKind, type[Party]] = {
    PartyKind.BRAND: Brand,
    PartyKind.DISTRIBUTOR: Distributor,
    PartyKind.SALESPERSON: Salesperson,
    PartyKind.STORE: Store,
    PartyKind.CLERK: Clerk,
    PartyKind.GROUP_LEADER: GroupLeader,
    PartyKind.WAREHOUSE: Warehouse,
}
"""The concrete types, which a schema must be told of: no field returns them but through `Party`."""


def party_of_row(row: Row) -> Party:
    """The party of a registered party's properties, as the type of its kind."""
    kind = PartyKind(row["kind"])
    return PARTY_TYPES[kind](
        row=row, id=strawberry.ID(row["id"]), kind=kind, name=row.get("name"), region=row.get("region")
    )


@strawberry.type(description="A dated relation of two parties.")
class ChainLink:
    """A dated relation of two parties."""

    relation: ChannelRelation
    parent: Party
    child: Party
    from_: DateTime = strawberry.field(name="from")
    until: DateTime | None

    @classmethod
    def of(cls, link: DatedLink) -> "ChainLink":
        """What a link of the graph looks like."""
        return cls(
            relation=ChannelRelation(link.relation),
            parent=party_of_row(link.parent),
            child=party_of_row(link.child),
            from_=DateTime(link.since),
            until=None if link.until is None else DateTime(link.until),
        )


@strawberry.type(description="A link of a page.")
class ChainLinkEdge:
    """A link of a page."""

    cursor: str
    node: ChainLink


@strawberry.type(description="A page of links.")
class ChainLinkConnection:
    """A page of links."""

    edges: list[ChainLinkEdge]
    page_info: PageInfo


@strawberry.type(description="A party of a page.")
class PartyEdge:
    """A party of a page."""

    cursor: str
    node: Party


@strawberry.type(description="A page of parties.")
class PartyConnection:
    """A page of parties."""

    edges: list[PartyEdge]
    page_info: PageInfo
