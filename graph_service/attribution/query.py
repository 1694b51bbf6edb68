"""The entry points to attribution in GraphQL."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import within
from graph_service.api.scalars import DateTime
from graph_service.attribution import questions
from graph_service.attribution.footfall import counted
from graph_service.attribution.footfall_read import footfall as find_footfall
from graph_service.attribution.journeys import TouchModel
from graph_service.attribution.questions import Answer
from graph_service.attribution.read import journeys_between
from graph_service.attribution.report import CreditedTo, report
from graph_service.attribution.types import (
    Attribution,
    AttributionModel,
    AttributionReport,
    AttributionShare,
    CreditedBy,
    Footfall,
)
from graph_service.channel.questions import storable
from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.moments import DAY

MOST_STEPS = 200_000
"""Touches and orders that one report takes into memory."""


@strawberry.type
class AttributionQuery:
    """Questions about credit."""

    @field(
        "Who gets the credit for a member or an order: by precedence the store, else the stores and channels of the "
        "member's touches in the 180 days before. Null for a member or order that there is not."
    )
    async def attribution(
        self,
        info: strawberry.Info[Context, Any],
        member: strawberry.ID | None = UNSET,
        order: strawberry.ID | None = UNSET,
        model: AttributionModel = AttributionModel.PRECEDENCE,
    ) -> Attribution | None:
        """One of member and order is asked about."""
        answer = await info.context.read(_asked(given(member), given(order), model))
        if answer is None:
            return None
        return Attribution(
            model=model,
            shares=[AttributionShare.of(share) for share in answer.shares],
            since=None if answer.since is None else DateTime(answer.since),
            basis=answer.basis,
            reason=answer.reason,
        )

    @field("What touches are credited with over the orders of a period, summed by store, channel, campaign or clerk.")
    async def attribution_report(
        self,
        info: strawberry.Info[Context, Any],
        *,
        from_: Annotated[DateTime, strawberry.argument(name="from")],
        to: DateTime,
        by: CreditedBy,
        model: AttributionModel = AttributionModel.LINEAR,
        half_life_days: int = 7,
    ) -> AttributionReport:
        """Orders from `from` on and before `to`; touches up to 180 days before an order count."""
        half_life = within(half_life_days, 1, 365, path="halfLifeDays") * DAY
        if model is AttributionModel.PRECEDENCE:
            raise ServiceError("INVALID_QUERY", "attributionReport: PRECEDENCE has no touches to sum.", path="model")

        async def work(transaction: Transaction) -> AttributionReport:
            ways, _ = await journeys_between(transaction, from_, to, most=MOST_STEPS)
            return AttributionReport.of(report(ways, TouchModel(model.value), CreditedTo(by.value), half_life))

        return await info.context.read(work)

    @field("Members who came to a store, or to the stores of a region, in a period: new or returning, and by what.")
    async def footfall(
        self,
        info: strawberry.Info[Context, Any],
        *,
        store: strawberry.ID | None = UNSET,
        region: str | None = UNSET,
        from_: Annotated[DateTime, strawberry.argument(name="from")],
        to: DateTime,
    ) -> Footfall:
        """One of store and region is asked about."""
        one, place = given(store), given(region)
        if (one is None) == (place is None):
            raise ServiceError(
                "INVALID_QUERY", "footfall: expected either store or region.", remedy="Give one of them.", path="store"
            )
        if not storable(str(place if one is None else one)):
            return Footfall.of(counted(()))

        async def work(transaction: Transaction) -> Footfall:
            return Footfall.of(await find_footfall(transaction, store=one, region=place, since=from_, until=to))

        return await info.context.read(work)


def _asked(
    member: str | None, order: str | None, model: AttributionModel
) -> Callable[[Transaction], Awaitable[Answer | None]]:
    """What answers the question.

    Raises:
        ServiceError: `INVALID_QUERY`, when both or neither of member and order are given.
    """
    if (member is None) == (order is None):
        raise ServiceError(
            "INVALID_QUERY",
            "attribution: expected either member or order.",
            remedy="Give one of them.",
            path="member",
        )

    async def work(transaction: Transaction) -> Answer | None:
        if not storable(str(member if order is None else order)):
            return None
        if model is AttributionModel.PRECEDENCE:
            if order is not None:
                return await questions.order_by_precedence(transaction, order)
            return await questions.member_by_precedence(transaction, str(member))
        if order is not None:
            return await questions.order_by_touches(transaction, order, TouchModel(model.value))
        return await questions.member_by_touches(transaction, str(member), TouchModel(model.value))

    return work
