"""`graph-service ingest`: files of events into the log, and the intake report."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graph_service.commands.failures import as_service_error
from graph_service.commands.running import stop_requests
from graph_service.commands.settling import settle
from graph_service.errors import ServiceError
from graph_service.graph.tokens import token_of
from graph_service.intake.files import EventFile
from graph_service.intake.noted import Notes, Sums
from graph_service.progress import progress, say
from graph_service.recorder import Recorder, Rejection, Report
from graph_service.service import Service
from graph_service.slices import Done, record_slices

Ended = ServiceError | KeyboardInterrupt | None


def require_readable(files: Sequence[Path]) -> None:
    """Finds out before anything starts whether the files can be opened.

    Raises:
        ServiceError: `UNKNOWN_SUFFIX` or `FILE_UNREADABLE`.
    """
    for file in files:
        EventFile(file).__exit__(None, None, None)


async def ingest(service: Service, files: Sequence[Path], *, resume: bool = False) -> tuple[dict[str, Any], Ended]:
    """Records the events of files, one file after another.

    Args:
        service: the open service.
        files: which.
        resume: whether to go on where an earlier run on the same content stopped; the report then covers both.

    Returns:
        The intake report, and what ended the work early: the report then tells of what was recorded until then.
    """
    total = Report()
    rejected: list[dict[str, Any]] = []
    ended: Ended = None
    noted: list[Notes] = []
    with stop_requests(lambda: say("Stopping after this batch; Ctrl-C again stops at once.")) as stop:
        for file in files:
            report = Report()
            try:
                notes = Notes(service.settings.home, file)
                noted.append(notes)
                first = await _taken_up(service, notes, report) if resume else 0
                if first is not None:
                    await _record(service.recorder, file, notes, report, stop, first)
            except Exception as error:
                ended = as_service_error(error)
                if ended is None:
                    raise
            named = {"file": str(file)} if len(files) > 1 else {}
            rejected += [named | asdict(rejection) for rejection in report.rejected]
            report.rejected = []
            total.add(report)
            if stop.is_set():
                ended = KeyboardInterrupt()
            if ended is not None:
                break
    if ended is None:
        for notes in noted:
            notes.forget()
        await settle(service.recorder.backlog)
    elif noted and not isinstance(ended, ServiceError):
        say("With --resume the next run goes on from here.")
    token = total.token or token_of(service.graph.latest_bookmarks())
    return {"accepted": total.accepted, "duplicates": total.duplicates, "rejected": rejected, "token": token}, ended


async def _taken_up(service: Service, notes: Notes, report: Report) -> int | None:
    """Adds what an earlier run noted to the report; returns the index to go on from, None when nothing is left.

    Notes of another graph, as after a restored backup or with another server, are no notes.
    """
    sums = notes.found()
    if sums is not None and sums.last is not None:
        last = sums.last
        if not await service.graph.read(lambda transaction: transaction.rows_of("intake/known", [last])):
            say("What was noted of an earlier run is not in this graph: beginning at the start.")
            sums = None
    if sums is None:
        return 0
    rejected = [Rejection(**each) for each in notes.rejected(sums)]
    report.add(Report(sums.accepted, sums.duplicates, rejected))
    if sums.is_whole:
        notes.sums = sums
        return None
    notes.begin(sums)
    return sums.next_index


async def _record(
    recorder: Recorder, file: Path, notes: Notes, report: Report, stop: asyncio.Event, first: int
) -> None:
    if not first:
        notes.begin(Sums())

    def note(done: Done) -> None:
        refused = {rejection.index for rejection in done.report.rejected}
        there = (each["id"] for n, each in enumerate(reversed(done.contents), 1) if done.next_index - n not in refused)
        notes.add(
            accepted=done.report.accepted,
            duplicates=done.report.duplicates,
            rejected=done.report.rejected,
            next_index=done.next_index,
            last=next(there, None),
        )

    with EventFile(file) as events:
        await record_file(recorder, events, report, stop, first=first, note=note)
    if not stop.is_set():
        notes.complete()


async def record_file(
    recorder: Recorder,
    events: EventFile,
    report: Report,
    stop: asyncio.Event,
    title: str | None = None,
    *,
    first: int = 0,
    note: Callable[[Done], None] = lambda _: None,
) -> None:
    """Records the events of an open file and adds to the report as it goes on.

    Args:
        recorder: the way in.
        events: the file.
        report: of what was recorded until then.
        stop: ends the work after the batches that are under way.
        title: of the progress.
        first: the index of the event to begin with.
        note: told of each batch that is recorded, in their order.

    Raises:
        ServiceError: `FILE_DAMAGED`, when the file breaks off; the report has what was recorded until then.
    """

    def noted(done: Done) -> None:
        note(done)
        advance(done.share, _counted(report))
        if recorder.closed is not None:  # the disk is about to be full
            raise recorder.closed

    with progress(title or f"Ingesting {events.path.name}") as advance:
        contents = (content for _, content in events.since(first))
        await record_slices(
            recorder,
            contents,
            report,
            as_admin=True,
            first_index=first,
            note=noted,
            share=lambda: events.share,
            stop=stop,
        )
        report.rejected.sort(key=lambda rejection: rejection.index)
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


def _counted(report: Report) -> str:
    return f"{report.accepted:,} accepted, {report.duplicates:,} duplicates, {len(report.rejected):,} rejected"
