"""Recording events: one writer at a time, with batches that form while it works.

Neo4j reads what is committed, so a receipt and a scan in two transactions at once would not see each other, and the
scan would wait in suspense for ever. Every write therefore first locks the one `(:Intake)` node; what comes meanwhile
waits and is written together.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from graph_service.graph.driver import Graph, Transaction
from graph_service.graph.tokens import token_of
from graph_service.intake.envelope import Refusal, open_envelope
from graph_service.intake.log import Appended, append
from graph_service.intake.prepared import Prepared, prepare
from graph_service.intake.strict_json import InvalidJson
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import now
from graph_service.pipeline import derive
from graph_service.rebates.decision import Decision

LARGEST_BATCH = 2_000
GATHERED_EVENTS = 256
_CHECKED_AT_ONCE = 64  # events, some 10 ms; then whoever else waits has a turn


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an event was not taken."""

    index: int
    id: str | None
    code: str
    path: str | None
    message: str


@dataclass(slots=True)
class Report:
    """The intake report of the contract; `token` makes reads see these writes."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    token: str = ""

    def add(self, other: "Report") -> None:
        """Takes in the report on further events."""
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.token = other.token or self.token


@dataclass(frozen=True, slots=True)
class _Request:
    prepared: Sequence[Prepared]
    answer: "asyncio.Future[tuple[Appended, str]]"


async def record_batch(
    transaction: Transaction, prepared: Sequence[Prepared], keys: IdentifierKeys
) -> tuple[Appended, list[Decision]]:
    """Writes events and derives what they change, in one transaction and behind the intake's lock."""
    clock = (await transaction.run("intake/lock"))[0]["clock"]
    recorded_at = now()
    appended = await append(transaction, prepared, now=recorded_at)
    if not appended.accepted:
        return appended, []
    recorded = [recorded_at if one.recorded_at is None else one.recorded_at for one in appended.accepted]
    decisions = await derive(
        transaction,
        appended.touched,
        keys=keys,
        clock_before=clock,
        recorded=recorded,
    )
    return appended, decisions


class Recorder:
    """The one way in for events, whatever door they came through."""

    def __init__(self, graph: Graph, keys: IdentifierKeys) -> None:
        self._graph = graph
        self._keys = keys
        self._waiting: asyncio.Queue[_Request] = asyncio.Queue()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Recorder"]:
        """The writer works while the block lasts."""
        writer = asyncio.create_task(self._write())
        try:
            yield self
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def record(self, contents: Iterable[Any | InvalidJson], *, as_admin: bool, first_index: int = 0) -> Report:
        """Takes in events; what is accepted is durable when this returns.

        Args:
            contents: JSON values, or why one is none.
            as_admin: whether the sender may say when an event was recorded.
            first_index: the index of the first of them in what was sent.
        """
        report = Report()
        prepared: list[Prepared] = []
        present = now()
        for index, content in enumerate(contents, first_index):
            if index % _CHECKED_AT_ONCE == 0:
                await asyncio.sleep(0)
            if isinstance(content, InvalidJson):
                message = f"The line is no JSON object: {content}."
                report.rejected.append(Rejection(index, None, "INVALID_JSON", None, message))
                continue
            try:
                arrival = open_envelope(index, content, now=present, may_set_recorded_at=as_admin)
            except Refusal as refusal:
                report.rejected.append(_rejection(index, refusal))
            else:
                prepared.append(prepare(arrival, self._keys))
        for start in range(0, len(prepared), LARGEST_BATCH):
            part = prepared[start : start + LARGEST_BATCH]
            answer: asyncio.Future[tuple[Appended, str]] = asyncio.get_running_loop().create_future()
            await self._waiting.put(_Request(part, answer))
            appended, token = await answer
            conflicts = [_rejection(arrival.index, refusal) for arrival, refusal in appended.conflicts]
            report.add(Report(len(appended.accepted), appended.duplicates, conflicts, token))
        if not report.token:
            report.token = token_of(self._graph.latest_bookmarks())
        report.rejected.sort(key=lambda rejection: rejection.index)
        return report

    async def _write(self) -> None:
        while True:
            requests = await self._gather()
            try:
                answers = await self._write_together(requests)
            except Exception as error:
                for request in requests:
                    if not request.answer.done():
                        request.answer.set_exception(error)
            else:
                for request, answer in zip(requests, answers, strict=True):
                    if not request.answer.done():
                        request.answer.set_result(answer)

    async def _gather(self) -> list[_Request]:
        """What came while the writer worked, up to a batch."""
        requests = [await self._waiting.get()]
        while not self._waiting.empty() and sum(len(request.prepared) for request in requests) < GATHERED_EVENTS:
            requests.append(self._waiting.get_nowait())
        return requests

    async def _write_together(self, requests: Sequence[_Request]) -> list[tuple[Appended, str]]:
        prepared = [one for request in requests for one in request.prepared]

        async def work(transaction: Transaction) -> Appended:
            appended, _ = await record_batch(transaction, prepared, self._keys)
            return appended

        together, bookmarks = await self._graph.write(work)
        token = token_of(bookmarks)
        return [(_share(together, request.prepared), token) for request in requests]


def _share(together: Appended, prepared: Sequence[Prepared]) -> Appended:
    """What became of the events of one request of a batch."""
    own = {id(one.arrival) for one in prepared}
    accepted = [arrival for arrival in together.accepted if id(arrival) in own]
    conflicts = [(arrival, refusal) for arrival, refusal in together.conflicts if id(arrival) in own]
    duplicates = len(prepared) - len(accepted) - len(conflicts)
    return Appended(accepted, duplicates, conflicts)


def _rejection(index: int, refusal: Refusal) -> Rejection:
    return Rejection(index, refusal.event_id, refusal.code, refusal.path, refusal.message)
