"""The way in for events, in GraphQL."""

import json
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.errors import Forbidden, LimitExceeded
from graph_service.api.fields import field
from graph_service.api.limits import MAX_ASKED_AT_ONCE
from graph_service.api.scalars import JSON
from graph_service.graph.tokens import bookmarks_of
from graph_service.intake.strict_json import InvalidJson, loads
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.types import Rebate
from graph_service.recorder import Report

MAX_TOLD = 10_000
"""Decisions in one answer."""


@strawberry.type(description="Why an event was not taken.")
class Rejection:
    """Why an event was not taken."""

    index: int
    id: str | None
    code: str
    path: str | None
    message: str


@strawberry.type(description="What became of events.")
class IntakeReport:
    """What became of events."""

    accepted: int
    duplicates: int
    rejected: list[Rejection]
    token: str = strawberry.field(description="A consistency token: a read that carries it sees at least these writes.")
    decided: strawberry.Private[list[RebateLine]]

    @classmethod
    def of(cls, report: Report) -> "IntakeReport":
        """What a report looks like."""
        rejected = [
            Rejection(index=r.index, id=r.id, code=r.code, path=r.path, message=r.message) for r in report.rejected
        ]
        return cls(
            accepted=report.accepted,
            duplicates=report.duplicates,
            rejected=rejected,
            token=report.token,
            decided=report.decided,
        )

    @field(
        "The decisions that are new or changed with these events, those on earlier events included; what a wide fact "
        "leaves to be derived comes later (`extensions.pending`)."
    )
    def rebates(self) -> list[Rebate] | None:
        """Null with an error where they are too many; the events are recorded all the same."""
        return [Rebate.of(line) for line in _told(self.decided)]


@strawberry.type(description="What recording events would do; nothing was written.")
class Simulation:
    """What recording events would do."""

    report: IntakeReport
    rebates: list[Rebate] = strawberry.field(description="The decisions that would be new or changed.")


def _told(lines: list[RebateLine]) -> list[RebateLine]:
    if len(lines) > MAX_TOLD:
        raise LimitExceeded("Decisions in one answer", len(lines), MAX_TOLD, path="rebates")
    return lines


def _strict(event: Any) -> Any | InvalidJson:
    """An event as if it had come as JSON text: a number in GraphQL's own syntax may be infinite, or 1.0."""
    try:
        return loads(json.dumps(event))
    except (InvalidJson, RecursionError) as error:
        return error if isinstance(error, InvalidJson) else InvalidJson("it is nested too deep")


@strawberry.type
class IntakeMutation:
    """Recording events."""

    @field("Takes in up to 1,000 events; each stands alone, and what is accepted is durable when the answer comes.")
    async def record_events(self, info: strawberry.Info[Context, Any], events: list[JSON]) -> IntakeReport:
        """The same way in as `POST /v1/events`."""
        context = info.context
        contents = _contents(context, events, "recordEvents")
        # Of several fields in one mutation only the first can be refused: what was recorded is told.
        if not context.has_recorded:
            context.recorder.require_room(len(events))
        context.has_recorded = True
        report = await context.recorder.record(contents, as_admin=context.viewer.is_admin, tell=True)
        # What is asked of the decisions is asked of the graph that holds them.
        context.bookmarks = bookmarks_of(report.token)
        context.tells_decisions = True
        return IntakeReport.of(report)

    @field("The same evaluation as recordEvents, with nothing written.")
    async def simulate(self, info: strawberry.Info[Context, Any], events: list[JSON]) -> Simulation:
        """Records the events in a transaction that is rolled back."""
        context = info.context
        contents = _contents(context, events, "simulate")
        context.recorder.require_room(len(events))
        simulated = await context.recorder.simulate(contents, as_admin=context.viewer.is_admin)
        lines = _told(simulated.report.decided)
        rebates = [Rebate.of(line, tree) for line, tree in zip(lines, simulated.trees, strict=True)]
        return Simulation(report=IntakeReport.of(simulated.report), rebates=rebates)


def _contents(context: Context, events: list[JSON], name: str) -> list[Any | InvalidJson]:
    """What was sent, from a viewer who may send it and no more than is taken at once.

    Raises:
        ServiceError: `FORBIDDEN` or `LIMIT_EXCEEDED`.
    """
    if not context.viewer.may_write:
        raise Forbidden(f"The role {context.viewer.role.value} may not record events.")
    if len(events) > MAX_ASKED_AT_ONCE:
        raise LimitExceeded(f"`{name}(events:)` at once", len(events), MAX_ASKED_AT_ONCE, path="events")
    return [_strict(event) for event in events]
