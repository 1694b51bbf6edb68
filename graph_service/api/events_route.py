"""`POST /v1/events`: many events at once, in slices, so that others get their turn in between."""

import asyncio
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from graph_service.api.answers import JSON, json_answer
from graph_service.api.bodies import media_type, spooled_body, unsupported
from graph_service.api.door import LARGE_BODY, Door
from graph_service.api.errors import Forbidden, LimitExceeded, PartlyRecorded, as_service_error
from graph_service.errors import ServiceError
from graph_service.intake.json_array import read_array
from graph_service.intake.ndjson import count_lines, read_lines
from graph_service.intake.strict_json import InvalidJson
from graph_service.recorder import Recorder, Report
from graph_service.slices import record_slices

NDJSON = "application/x-ndjson"
MAX_BODY = 64 * 2**20
MAX_EVENTS = 500_000
SLICE = 1_000


async def take_events(request: Request, recorder: Recorder, door: Door) -> Response:
    """Records events, and answers with the intake report.

    A request is refused before anything of it is recorded, or not at all: once it is begun it waits for its turns.
    What ends it all the same, as a server that is lost, is told together with what was recorded until then.
    """
    viewer = request.state.viewer
    if not viewer.may_write:
        raise Forbidden(f"The role {viewer.role.value} may not record events.")
    kind = media_type(request)
    if kind not in {NDJSON, JSON}:
        raise unsupported(f"Events are sent as {NDJSON} (one a line) or {JSON} (an array).")
    recorder.require_room()
    with door.entered(large=_is_large(request)):
        async with spooled_body(request, MAX_BODY) as body:
            return await _record(recorder, body, kind, as_admin=viewer.is_admin)


async def _record(recorder: Recorder, body: BinaryIO, kind: str, *, as_admin: bool) -> Response:
    contents = await _contents(body, kind)
    first = list(islice(contents, SLICE + 1))
    recorder.require_room(len(first))
    report = Report()
    try:
        if len(first) <= SLICE:
            report = await recorder.record(first, as_admin=as_admin, into=report)
        else:
            await record_slices(recorder, chain(first, contents), report, as_admin=as_admin, size=SLICE)
    except Exception as error:
        if report.accepted or report.duplicates:
            raise PartlyRecorded(as_service_error(error), _told(report)) from error
        raise
    return json_answer(_told(report))


def _is_large(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    packed = "content-encoding" in request.headers
    return packed or not length.isdecimal() or int(length) > LARGE_BODY


def _told(report: Report) -> dict[str, Any]:
    report.rejected.sort(key=lambda rejection: rejection.index)
    return report.told()


async def _contents(body: BinaryIO, kind: str) -> Iterator[Any]:
    """The events of a body, after a first look at all of it: how many there are, and whether an array is one."""
    if _is_short(body):
        _check(body, kind)
    else:
        await asyncio.to_thread(_check, body, kind)
    body.seek(0)
    return read_lines(body) if kind == NDJSON else read_array(body)


def _is_short(body: BinaryIO) -> bool:
    return len(body.read(LARGE_BODY)) < LARGE_BODY


def _check(body: BinaryIO, kind: str) -> None:
    body.seek(0)
    if kind == NDJSON:
        _check_count(count_lines(body))
        return
    if b"[" not in body.read(LARGE_BODY):
        raise ServiceError("INVALID_JSON", "The body is no JSON array of events.")
    body.seek(0)
    try:
        for count, event in enumerate(read_array(body), 1):
            if isinstance(event, InvalidJson):
                raise event
            _check_count(count)
    except InvalidJson as fault:
        raise ServiceError("INVALID_JSON", f"The body is no JSON array of events: {fault}.") from None


def _check_count(count: int) -> None:
    if count > MAX_EVENTS:
        raise LimitExceeded("Events in one request", count, MAX_EVENTS)
