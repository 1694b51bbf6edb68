"""The way in for events, in GraphQL."""

import json
from typing import Any

import strawberry

from graph_service.api.context import Context
from graph_service.api.errors import Forbidden, LimitExceeded
from graph_service.api.fields import field
from graph_service.api.limits import MAX_ASKED_AT_ONCE
from graph_service.api.scalars import JSON
from graph_service.intake.strict_json import InvalidJson, loads
from graph_service.recorder import Report


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

    @classmethod
    def of(cls, report: Report) -> "IntakeReport":
        """What a report looks like."""
        rejected = [
            Rejection(index=r.index, id=r.id, code=r.code, path=r.path, message=r.message) for r in report.rejected
        ]
        return cls(accepted=report.accepted, duplicates=report.duplicates, rejected=rejected, token=report.token)


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
        if not context.viewer.may_write:
            raise Forbidden(f"The role {context.viewer.role.value} may not record events.")
        if len(events) > MAX_ASKED_AT_ONCE:
            raise LimitExceeded("`recordEvents(events:)` at once", len(events), MAX_ASKED_AT_ONCE, path="events")
        # Of several fields in one mutation only the first can be refused: what was recorded is told.
        if not context.has_recorded:
            context.recorder.require_room(len(events))
        context.has_recorded = True
        contents = [_strict(event) for event in events]
        return IntakeReport.of(await context.recorder.record(contents, as_admin=context.viewer.is_admin))
