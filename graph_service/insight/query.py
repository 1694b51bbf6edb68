"""What GraphQL tells over all domains."""

from typing import Any, cast

import strawberry
from strawberry.scalars import JSON

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.insight.held import held_about
from graph_service.members.people import people
from graph_service.members.unmasking import require_reason, unmask


@strawberry.type
class InsightQuery:
    """Questions over all domains."""

    @field("Everything that is held about a member, unmasked and audited; null where the id is nobody's.")
    async def member_data(
        self,
        info: strawberry.Info[Context, Any],
        id: strawberry.ID,  # noqa: A002
        reason: str,
    ) -> JSON | None:
        """The member's own data, for the member."""
        context = info.context
        require_reason(context.viewer, reason)
        found = await context.read(lambda transaction: people(transaction, [str(id)]))
        if str(id) not in found:
            return None
        asked = [(one, reason) for one in found[str(id)].ids]
        plain = await unmask(context.graph, context.keys, context.viewer, asked)
        return cast("JSON | None", await held_about(context.graph, context.keys, str(id), plain))
