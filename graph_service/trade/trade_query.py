"""The entry points to vouchers and orders in GraphQL."""

from typing import Annotated, Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.scalars import DateTime
from graph_service.channel.questions import storable
from graph_service.trade.trade_types import Order, Voucher, VoucherFlow
from graph_service.trade.voucher_flow import voucher_flow
from graph_service.trade.vouchers import fetch_vouchers

Info = strawberry.Info[Context, Any]


@strawberry.type
class TradeQuery:
    """Questions about vouchers and orders."""

    @field("A voucher, for the clerk to look up; null where no event names it.")
    async def voucher(self, info: Info, id: strawberry.ID) -> Voucher | None:  # noqa: A002
        """By its id."""
        if not storable(id):
            return None
        found = (await info.context.read(lambda transaction: fetch_vouchers(transaction, [id])))[id]
        return Voucher.of(found) if found.issues or found.redemptions else None

    @field("Which stores redeemed whose vouchers in a period, half-open; the largest flows first.")
    async def voucher_flow(
        self, info: Info, from_: Annotated[DateTime, strawberry.argument(name="from")], to: DateTime
    ) -> list[VoucherFlow]:
        """Between the store whose goods won them and the one that took them in."""
        found = await info.context.read(lambda transaction: voucher_flow(transaction, from_, to))
        return [VoucherFlow.of(one) for one in found]

    @field("An order by its id; null where nobody placed it.")
    async def order(self, info: Info, id: strawberry.ID) -> Order | None:  # noqa: A002
        """By its id."""
        if not storable(id):
            return None
        rows = await info.context.read(lambda transaction: transaction.rows_of("trade/order_facts", [id]))
        return Order.of(rows[0]) if rows else None
