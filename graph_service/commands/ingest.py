"""`graph-service ingest`: files of events into the log, and the intake report."""

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from graph_service.commands.running import stop_requests
from graph_service.errors import ServiceError
from graph_service.intake.files import EventFile
from graph_service.progress import progress, say
from graph_service.recorder import LARGEST_BATCH, Recorder, Report
from graph_service.service import Service

Slice = list[tuple[int, Any]]

_AT_ONCE = 2


def require_readable(files: Sequence[Path]) -> None:
    """Finds out before anything starts whether the files can be opened.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX` or `FILE_UNREADABLE`.
    """
    for file in files:
        EventFile(file).__exit__(None, None, None)


async def ingest(
    service: Service, files: Sequence[Path]
) -> tuple[dict[str, Any], ServiceError | KeyboardInterrupt | None]:
    """Records the events of files, one file after another.

    Returns:
        The intake report, and what ended the work early: the report then tells of what was recorded until then.
    """
    total = Report()
    rejected: list[dict[str, Any]] = []
    ended: ServiceError | KeyboardInterrupt | None = None
    with stop_requests(lambda: say("Stopping after this batch; Ctrl-C again stops at once.")) as stop:
        for file in files:
            report = Report()
            try:
                with EventFile(file) as events:
                    await record_file(service.recorder, events, report, stop)
            except ServiceError as error:
                ended = error
            named = {"file": str(file)} if len(files) > 1 else {}
            rejected += [named | asdict(rejection) for rejection in report.rejected]
            report.rejected = []
            total.add(report)
            if stop.is_set():
                ended = KeyboardInterrupt()
            if ended is not None:
                break
    counts = {"accepted": total.accepted, "duplicates": total.duplicates}
    return counts | {"rejected": rejected, "token": total.token}, ended


async def record_file(
    recorder: Recorder, events: EventFile, report: Report, stop: asyncio.Event, title: str | None = None
) -> None:
    """Records the events of an open file and adds to the report as it goes on.

    Raises:
        ServiceError: `FILE_DAMAGED`, when the file breaks off; the report has what was recorded until then.
    """
    with progress(title or f"Ingesting {events.path.name}") as advance:
        # Of two slices one is checked here while the server writes the other.
        pending: deque[tuple[asyncio.Task[Report], float]] = deque()
        try:
            for part in _slices(events):
                if stop.is_set():
                    break
                contents = [content for _, content in part]
                recording = recorder.record(contents, as_admin=True, first_index=part[0][0])
                pending.append((asyncio.create_task(recording), events.share))
                if len(pending) == _AT_ONCE:
                    done, share = pending.popleft()
                    report.add(await done)
                    advance(share, _counted(report))
        finally:
            for ended in await asyncio.gather(*(task for task, _ in pending), return_exceptions=True):
                if isinstance(ended, BaseException):
                    raise ended
                report.add(ended)
        advance(events.share, _counted(report))


def require_writable(report: Path | None) -> None:
    """Finds out before anything starts whether the report can be written.

    Raises:
        ServiceError: `FILE_NOT_WRITABLE`.
    """
    if report is None:
        return
    try:
        report.open("a").close()
    except OSError as error:
        raise ServiceError(
            "FILE_NOT_WRITABLE",
            f"The report can't be written to {report}: {error.strerror}.",
            remedy="Choose another file with --report.",
        ) from None


def write_report(report: dict[str, Any], file: Path | None) -> None:
    """Writes the report to a file, or to standard output."""
    text = json.dumps(report, ensure_ascii=False, indent=2)
    if file is None:
        print(text)
    else:
        file.write_text(text + "\n", "utf-8")


def _slices(events: EventFile) -> Iterator[Slice]:
    indexed = iter(events)
    while part := list(islice(indexed, LARGEST_BATCH)):
        yield part


def _counted(report: Report) -> str:
    return f"{report.accepted:,} accepted, {report.duplicates:,} duplicates, {len(report.rejected):,} rejected"
