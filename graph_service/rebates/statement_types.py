"""The GraphQL type of a statement."""

from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import SortKey, page_size, paged
from graph_service.api.scalars import Fen
from graph_service.errors import ServiceError
from graph_service.rebates.periods import is_month
from graph_service.rebates.statement_lines import lines_of
from graph_service.rebates.statements import Statement as Found
from graph_service.rebates.statements import statement
from graph_service.rebates.types import Rebate, RebateConnection, RebateEdge

LINES = SortKey("statement", (int, str))


def require_month(period: str, path: str) -> None:
    """Refuses what is no month that a statement can be for.

    Args:
        period: as sent.
        path: where it was sent.

    Raises:
        ServiceError: `INVALID_PARAMETER`.
    """
    if not is_month(period):
        raise ServiceError(
            "INVALID_PARAMETER", f"{path}: expected a month; came something else.", remedy="Write 2026-10.", path=path
        )


@strawberry.type(
    description="What a payee is owed for a month: opening + earned + reversed - held + adjusted = payable, "
    "payable - paid = closing. Of a closed month everything but paid and closing is frozen; of an open one it says "
    "what it would be now."
)
class Statement:
    """What a payee is owed for a month."""

    found: strawberry.Private[Found]
    payee: strawberry.ID = strawberry.field(description="As asked for; of a member the statement covers all accounts.")
    period: str
    opening_fen: Fen = strawberry.field(description="The balance before; a negative one was carried on.")
    earned_fen: Fen = strawberry.field(description="What was earned in the month, what is on hold included.")
    reversed_fen: Fen = strawberry.field(description="What refunds in the month took back, at most 0.")
    held_fen: Fen = strawberry.field(description="The change of what is on hold.")
    adjusted_fen: Fen = strawberry.field(description="Late differences of settled months.")
    payable_fen: Fen
    paid_fen: Fen
    closing_fen: Fen
    frozen: bool = strawberry.field(description="Whether the month is closed.")

    @classmethod
    def of(cls, found: Found) -> "Statement":
        """What a statement looks like."""
        totals = found.totals
        return cls(
            found=found,
            payee=strawberry.ID(found.payee),
            period=found.sight.period,
            opening_fen=Fen(totals.opening),
            earned_fen=Fen(totals.earned),
            reversed_fen=Fen(totals.reversed),
            held_fen=Fen(totals.held),
            adjusted_fen=Fen(totals.adjusted),
            payable_fen=Fen(totals.payable),
            paid_fen=Fen(totals.paid),
            closing_fen=Fen(totals.closing),
            frozen=found.sight.is_frozen,
        )

    @field(
        "What each decision moves: first late differences of settled months, then the month, oldest trigger first. "
        "Lines that are not HELD add up to payable - opening."
    )
    async def lines(
        self, info: strawberry.Info[Context, Any], first: int = 50, after: str | None = UNSET
    ) -> RebateConnection:
        """A page of lines."""
        cursor, size = given(after), page_size(first)
        position = LINES.values(cursor)
        found = await info.context.read(
            lambda transaction: lines_of(
                transaction,
                self.found,
                limit=size + 1,
                after=None if position is None else (position[0], position[1]),
            )
        )
        edges, page_info = paged(
            found,
            size,
            cursor,
            lambda line: LINES.cursor(*line.position),
            lambda cursor, line: RebateEdge(cursor=cursor, node=Rebate.of(line)),
        )
        return RebateConnection(edges=edges, page_info=page_info)


@strawberry.type
class StatementQuery:
    """The question for a statement."""

    @field("What a payee, any id of a party or member, is owed for a month (`2026-10`); null for nobody's id.")
    async def statement(
        self, info: strawberry.Info[Context, Any], payee: strawberry.ID, period: str
    ) -> Statement | None:
        """Frozen, or as it would be now."""
        require_month(period, "period")
        info.context.tells_decisions = True
        found = await info.context.read(lambda transaction: statement(transaction, payee, period))
        return None if found is None else Statement.of(found)
