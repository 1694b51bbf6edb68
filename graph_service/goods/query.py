"""The entry points to items in GraphQL."""

from collections.abc import Sequence
from typing import Any

import strawberry

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.errors import LimitExceeded
from graph_service.api.fields import field
from graph_service.api.limits import MAX_ASKED_AT_ONCE
from graph_service.goods import questions
from graph_service.goods.types import Item, Ownership, OwnershipQuery, item_of
from graph_service.graph.driver import Transaction


@strawberry.type
class GoodsQuery:
    """Questions about items."""

    @field("The item of a code; null for a code that no event has named.")
    async def item(self, info: strawberry.Info[Context, Any], code: str) -> Item | None:
        """The item of a code."""
        return await item_of(info, code)

    @field("Up to 1,000 answers in the order asked.")
    async def ownerships(self, info: strawberry.Info[Context, Any], queries: list[OwnershipQuery]) -> list[Ownership]:
        """Who owned codes, fetched together."""
        if len(queries) > MAX_ASKED_AT_ONCE:
            raise LimitExceeded("`ownerships(queries:)` at once", len(queries), MAX_ASKED_AT_ONCE, path="queries")
        asked = [(query.code, given(query.at)) for query in queries]

        async def work(transaction: Transaction) -> Sequence[questions.Answer]:
            return await questions.ownerships(transaction, asked)

        return [Ownership.of(answer) for answer in await info.context.read(work)]
