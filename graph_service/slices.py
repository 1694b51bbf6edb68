"""Recording more events than one transaction takes: in slices, of which one is checked while another is written."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graph_service.errors import ServiceError
from graph_service.pace import LARGEST_BATCH
from graph_service.recorder import Recorder, Report

_AT_ONCE = 2
_READ_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Done:
    """A slice that is recorded, and all before it.

    Attributes:
        contents: what it held.
        report: on it alone.
        next_index: the index of the first event after it.
        share: how much of the source was read when it was.
    """

    contents: list[Any]
    report: Report
    next_index: int
    share: float


async def record_slices(
    recorder: Recorder,
    contents: Iterator[Any],
    report: Report,
    *,
    as_admin: bool,
    first_index: int = 0,
    size: int = LARGEST_BATCH,
    note: Callable[[Done], None] = lambda _: None,
    share: Callable[[], float] = lambda: 0.0,
    stop: asyncio.Event | None = None,
) -> None:
    """Records events of one source in their order.

    Args:
        recorder: the way in.
        contents: JSON values, or why one is none.
        report: what was recorded is added to it, also when this fails.
        as_admin: whether the sender may say when an event was recorded.
        first_index: the index of the first of them.
        size: of a slice.
        note: told of each slice, in their order.
        share: how much of the source is read.
        stop: ends the work after the slices that are under way.

    Raises:
        ServiceError: what reading the contents raises, after what was read before is recorded.
    """
    source = object()
    pending: deque[asyncio.Task[Done]] = deque()
    index = first_index
    fault: ServiceError | None = None

    async def record(part: list[Any], first: int, read: float) -> Done:
        own = Report()
        try:
            await recorder.record(part, as_admin=as_admin, first_index=first, part_of=source, into=own)
        finally:
            report.add(own)
        return Done(part, own, first + len(part), read)

    try:
        while fault is None and not (stop is not None and stop.is_set()):
            try:
                part = await _next(contents, size)
            except ServiceError as error:
                fault = error
                break
            if not part:
                break
            pending.append(asyncio.create_task(record(part, index, share())))
            index += len(part)
            if len(pending) == _AT_ONCE:
                note(await pending.popleft())
        while pending:
            note(await pending.popleft())
    finally:
        await asyncio.gather(*pending, return_exceptions=True)
    if fault is not None:
        raise fault


async def _next(contents: Iterator[Any], size: int) -> list[Any]:
    part: list[Any] = []
    while len(part) < size:
        before = len(part)
        for content in contents:
            part.append(content)
            if len(part) == size or len(part) - before == _READ_AT_ONCE:
                break
        if len(part) == before:
            break
        await asyncio.sleep(0)
    return part
