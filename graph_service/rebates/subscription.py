"""What is decided about money, told as it happens."""

from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from strawberry import UNSET

from graph_service.api.arguments import given
from graph_service.api.context import Context
from graph_service.api.fields import subscription
from graph_service.rebates.types import Rebate


@strawberry.type
class RebateSubscription:
    """News about money."""

    @subscription(
        "Each decision that is new or changed, after the commit, once; `payee` is any id of a member and "
        "covers all its accounts."
    )
    async def rebate_decided(
        self, info: strawberry.Info[Context, Any], payee: strawberry.ID | None = UNSET
    ) -> AsyncGenerator[Rebate, None]:
        """What this process records; a reader that is too slow gets `SLOW_READER`."""
        context = info.context
        with context.recorder.announcements.listening(given(payee)) as listener:
            async for line in listener.lines():
                # Whatever is asked of a decision is asked of the graph that holds it, and anew for each.
                context.bookmarks = context.graph.latest_bookmarks()
                context.loaders.clear()
                yield Rebate.of(line)
