"""The entry points to money in GraphQL."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.paging import SortKey, page_size, paged
from graph_service.graph.driver import Transaction
from graph_service.rebates.questions import RebateLine, rebates
from graph_service.rebates.types import Rebate, RebateConnection, RebateEdge, RebateStatus

DECISIONS = SortKey("decisions", (int, str))
JOURNAL = SortKey("journal", (int, str))


@strawberry.type
class RebateQuery:
    """Questions about money."""

    @field(
        "The decisions on money in force, those that paid nothing included, and the reversals that facts demand "
        "(refunds). With history, the journal: every entry that was ever booked. Oldest trigger first."
    )
    async def rebates(
        self,
        info: strawberry.Info[Context, Any],
        trigger: strawberry.ID | None = UNSET,
        payee: strawberry.ID | None = UNSET,
        status: RebateStatus | None = UNSET,
        history: bool = False,
        first: int = 50,
        after: str | None = UNSET,
    ) -> RebateConnection:
        """Decisions or journal; `payee` is any id of a member."""
        cursor, only, size = given(after), given(status), page_size(first)
        order = JOURNAL if history else DECISIONS
        position = order.values(cursor)
        info.context.tells_decisions = True

        async def work(transaction: Transaction) -> Sequence[RebateLine]:
            return await rebates(
                transaction,
                limit=size + 1,
                trigger=given(trigger),
                payee=given(payee),
                status=only.value if only else None,
                history=history,
                after=None if position is None else (position[0], position[1]),
            )

        edges, page_info = paged(
            await info.context.read(work),
            size,
            cursor,
            lambda line: order.cursor(*line.position),
            lambda cursor, line: RebateEdge(cursor=cursor, node=Rebate.of(line)),
        )
        return RebateConnection(edges=edges, page_info=page_info)
