"""The GraphQL types of attribution."""

from enum import Enum
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.scalars import DateTime
from graph_service.attribution.footfall import Footfall as FoundFootfall
from graph_service.attribution.footfall import Source
from graph_service.attribution.journeys import Share
from graph_service.attribution.report import AttributionReport as FoundReport
from graph_service.attribution.report import Credited as FoundCredited
from graph_service.channel.loaders import party_of
from graph_service.channel.types import Party


@strawberry.enum(description="How credit is given: by precedence, which is what pays, or over touches.")
class AttributionModel(Enum):
    """How credit is given."""

    PRECEDENCE = "PRECEDENCE"
    FIRST_TOUCH = "FIRST_TOUCH"
    LAST_TOUCH = "LAST_TOUCH"
    LINEAR = "LINEAR"
    TIME_DECAY = "TIME_DECAY"
    POSITION_BASED = "POSITION_BASED"


@strawberry.enum(description="What credit is summed by.")
class CreditedBy(Enum):
    """What credit is summed by."""

    STORE = "STORE"
    CHANNEL = "CHANNEL"
    CAMPAIGN = "CAMPAIGN"
    CLERK = "CLERK"


@strawberry.type(description="The part that a store or channel has in a member or an order.")
class AttributionShare:
    """The part of a store or channel."""

    store_id: strawberry.Private[str | None]
    channel: str | None
    share: float
    evidence: list[strawberry.ID] = strawberry.field(description="The events that it rests on, oldest first.")

    @field("The store, where there is one and it is registered.")
    async def store(self, info: strawberry.Info[Context, Any]) -> Party | None:
        """The store."""
        return await party_of(info, self.store_id)

    @classmethod
    def of(cls, share: Share) -> "AttributionShare":
        """What a share over touches looks like."""
        evidence = [strawberry.ID(event) for event in share.evidence]
        return cls(store_id=share.store, channel=share.channel, share=share.share, evidence=evidence)


@strawberry.type(description="Who gets the credit for a member or an order.")
class Attribution:
    """Who gets the credit."""

    model: AttributionModel
    shares: list[AttributionShare] = strawberry.field(description="Shares add up to 1.")
    since: DateTime | None = strawberry.field(
        description="PRECEDENCE of a member: since when it is that store without a break."
    )
    basis: str | None = strawberry.field(
        description="PRECEDENCE: `CHOSEN`, `REGISTERED`, `VISITED`, `SCANNED`, or `ORDERED` at the store."
    )
    reason: str | None = strawberry.field(
        description="Why there are no shares: `no_member`, `no_touch`, `no_order`, `no_claim`."
    )


@strawberry.type(description="What a store, channel, campaign or clerk is credited with.")
class Credit:
    """What one of them is credited with."""

    key: str | None = strawberry.field(description="Its id or name; null for touches that name none.")
    orders: float = strawberry.field(description="How many; parts of one are possible.")
    paid_fen: float = strawberry.field(description="Of what was paid for them; refunds are not taken off.")

    @field("The store or clerk, where it is registered.")
    async def party(self, info: strawberry.Info[Context, Any]) -> Party | None:
        """The store or clerk."""
        return await party_of(info, self.key)

    @classmethod
    def of(cls, found: FoundCredited) -> "Credit":
        """What credit looks like."""
        return cls(key=found.key, orders=found.orders, paid_fen=found.paid_fen)


@strawberry.type(description="What touches are credited with over the orders of a period.")
class AttributionReport:
    """Credit over the orders of a period."""

    orders: int
    untouched: int = strawberry.field(description="Orders that no touch led to; with the credited ones these are all.")
    credits: list[Credit] = strawberry.field(description="The largest first.")
    online_in_store: float | None = strawberry.field(
        description="The share of online touches in orders that stores sold; null where none of them had touches."
    )
    store_in_online_repurchases: float | None = strawberry.field(
        description="The share of touches at stores in online orders of members who had bought within 180 days before."
    )

    @classmethod
    def of(cls, found: FoundReport) -> "AttributionReport":
        """What a report looks like."""
        return cls(
            orders=found.orders,
            untouched=found.untouched,
            credits=[Credit.of(one) for one in found.credited],
            online_in_store=found.online_in_store,
            store_in_online_repurchases=found.store_in_online_repurchases,
        )


@strawberry.type(description="Members that one source brought.")
class FootfallSource:
    """Members that one source brought."""

    source: str = strawberry.field(
        description="`VOUCHER` `REFERRAL` `CLERK` `OWN_GOODS` `ONLINE_TOUCH` `NEARBY`, or `WALK_IN`: nothing is known."
    )
    new_members: int
    returning_members: int


@strawberry.type(description="How many members came; a member counts once for each store that it came to.")
class Footfall:
    """How many members came."""

    new_members: int
    returning_members: int
    sources: list[FootfallSource]

    @classmethod
    def of(cls, found: FoundFootfall) -> "Footfall":
        """What footfall looks like."""
        sources = [
            FootfallSource(
                source=source.value,
                new_members=found.new.get(source, 0),
                returning_members=found.returning.get(source, 0),
            )
            for source in Source
        ]
        return cls(
            new_members=sum(found.new.values()),
            returning_members=sum(found.returning.values()),
            sources=[one for one in sources if one.new_members or one.returning_members],
        )
