"""The GraphQL types of money."""

from enum import Enum
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.fields import field
from graph_service.api.loading import load
from graph_service.api.paging import PageInfo
from graph_service.api.scalars import JSON, DateTime, Fen
from graph_service.rebates.explain import explanations
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.trees import Tree


@strawberry.enum(description="What became of a decision, or what an entry is.")
class RebateStatus(Enum):
    """What became of a decision, or what an entry is."""

    ACCRUED = "ACCRUED"
    HELD = "HELD"
    REJECTED = "REJECTED"
    REVERSED = "REVERSED"
    SUSPENSE = "SUSPENSE"
    SETTLED = "SETTLED"


@strawberry.type(description="Who is paid what for an event, or why nothing; with history, an entry of the journal.")
class Rebate:
    """A decision, or an entry of the journal."""

    line: strawberry.Private[RebateLine]
    tree: strawberry.Private[Tree | None]
    id: strawberry.ID
    status: RebateStatus
    payee: strawberry.ID | None = strawberry.field(
        description="Id of the party, or of the identifier whose account it is; filters and statements accept any id "
        "of a member and cover all its accounts."
    )
    role: str
    amount_fen: Fen
    points: int
    trigger: strawberry.ID = strawberry.field(description="The id of the event that caused it.")
    rule: strawberry.ID
    rule_version: int
    reverses: strawberry.ID | None = strawberry.field(description="The entry that this one reverses.")
    reason: str | None = strawberry.field(
        description="Why this amount, or why nothing: code_already_consumed, outside_window, cap_reached, "
        "region_mismatch…"
    )
    decided_at: DateTime

    @classmethod
    def of(cls, line: RebateLine, tree: Tree | None = None) -> "Rebate":
        """What a decision or entry looks like; `tree` is its explanation, where it can't be had later."""
        return cls(
            line=line,
            tree=tree,
            id=strawberry.ID(line.id),
            status=RebateStatus(line.status),
            payee=None if line.payee is None else strawberry.ID(line.payee),
            role=line.role,
            amount_fen=Fen(line.amount_fen),
            points=line.points,
            trigger=strawberry.ID(line.trigger),
            rule=strawberry.ID(line.rule),
            rule_version=line.version,
            reverses=None if line.reverses is None else strawberry.ID(line.reverses),
            reason=line.reason,
            decided_at=DateTime(line.decided_at),
        )

    @field(
        "A tree for people and programs: ownership steps, rules matched and beaten, base, rate, rounding, cap, budget."
    )
    async def explanation(self, info: strawberry.Info[Context, Any]) -> JSON:
        """Evaluated anew, for all rebates of the answer together."""
        if self.tree is not None:
            return JSON(self.tree)
        return JSON(await load(info, "rebates.explanations", explanations, self.line))


@strawberry.type(description="A rebate of a page.")
class RebateEdge:
    """A rebate of a page."""

    cursor: str
    node: Rebate


@strawberry.type(description="A page of rebates.")
class RebateConnection:
    """A page of rebates."""

    edges: list[RebateEdge]
    page_info: PageInfo
