"""`POST /v1/events`: many events at once, in slices, so that others get their turn in between."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from graph_service.api.answers import JSON, json_answer
from graph_service.api.bodies import json_value, media_type, read_body, unsupported
from graph_service.api.errors import Forbidden, LimitExceeded
from graph_service.errors import ServiceError
from graph_service.intake.strict_json import InvalidJson
from graph_service.recorder import Recorder, Report

NDJSON = "application/x-ndjson"
MAX_BODY = 64 * 2**20
MAX_EVENTS = 500_000
SLICE = 1_000


async def take_events(request: Request, recorder: Recorder) -> Response:
    """Records events, and answers with the intake report."""
    viewer = request.state.viewer
    if not viewer.may_write:
        raise Forbidden(f"The role {viewer.role.value} may not record events.")
    kind = media_type(request)
    if kind not in {NDJSON, JSON}:
        raise unsupported(f"Events are sent as {NDJSON} (one a line) or {JSON} (an array).")
    data = await read_body(request, MAX_BODY, gzip=True)
    contents = _lines(data) if kind == NDJSON else iter(await _array(data))
    report, taken = Report(), 0
    async for part in _slices(contents):
        report.add(await recorder.record(part, as_admin=viewer.is_admin, first_index=taken))
        taken += len(part)
    if not taken:
        report = await recorder.record([], as_admin=False)
    return json_answer(asdict(report))


async def _slices(contents: Iterator[Any]) -> AsyncIterator[list[Any]]:
    while part := list(islice(contents, SLICE)):
        yield part
        await asyncio.sleep(0)


def _lines(data: bytes) -> Iterator[Any | InvalidJson]:
    """The values of the lines that are not blank; a line that is no JSON is its fault alone."""
    _check_count(sum(1 for line in io.BytesIO(data) if line.strip()))
    for line in io.BytesIO(data):
        if line.strip():
            try:
                yield json_value(line.strip())
            except InvalidJson as error:
                yield error


async def _array(data: bytes) -> list[Any]:
    """The events of an array, read in a thread: a large one takes long, and it is read whole or not at all."""
    try:
        value = await asyncio.to_thread(json_value, data)
    except InvalidJson as error:
        raise ServiceError("INVALID_JSON", f"The body is no JSON array: {error}.") from None
    if not isinstance(value, list):
        raise ServiceError("INVALID_JSON", "The body is no JSON array of events.")
    _check_count(len(value))
    return value


def _check_count(count: int) -> None:
    if count > MAX_EVENTS:
        raise LimitExceeded("Events in one request", count, MAX_EVENTS)
