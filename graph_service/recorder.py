"""Recording events: one writer at a time, with batches that form while it works.

Neo4j reads what is committed, so a receipt and a scan in two transactions at once would not see each other, and the
scan would wait in suspense for ever. Every write therefore first locks the one `(:Intake)` node; what comes meanwhile
waits and is written together (`turns.py` says in which order).
"""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from neo4j import Bookmarks
from neo4j.exceptions import DriverError, Neo4jError

from graph_service import metrics
from graph_service.errors import ServiceError
from graph_service.graph.driver import Answer, Graph, Transaction
from graph_service.graph.tokens import token_of
from graph_service.intake.envelope import Refusal, open_envelope
from graph_service.intake.lock import lock
from graph_service.intake.log import Appended, append
from graph_service.intake.prepared import Prepared, prepare
from graph_service.intake.strict_json import InvalidJson
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import policy_of
from graph_service.moments import now
from graph_service.pending import Backlog
from graph_service.pipeline import Derived, derive
from graph_service.policy_change import keep_changing
from graph_service.rebates.announced import Announcements
from graph_service.rebates.explain import explanations
from graph_service.rebates.foresight import Foresight
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.trees import Tree
from graph_service.turns import GIVING_WAY_SECONDS, MOST_WAITING, SMALL_REQUEST, Portion, Turns, Waiting
from graph_service.writers import Writers

MAX_SIMULATED = 20_000
"""Triggers besides their own that simulated events may concern."""

_CHECKED_AT_ONCE = 16  # events, some 2 ms; then whoever else waits has a turn
_COMMITTING_SECONDS = 0.005  # until the server has been told to commit
_POLITE_SECONDS = 0.005  # a writer of another process, that looks for the lock now and then, finds it free


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
    """The intake report of the contract; `token` makes reads see these writes.

    Attributes:
        decided: the decisions that are new or changed, where they were asked for; no part of what is told to all.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    token: str = ""
    decided: list[RebateLine] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The report as a JSON value."""
        return {key: value for key, value in asdict(self).items() if key != "decided"}

    def add(self, other: "Report") -> None:
        """Takes in the report on further events."""
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.token = other.token or self.token
        self.decided += other.decided


@dataclass(frozen=True, slots=True)
class Simulated:
    """What recording events would do.

    Attributes:
        report: on them, with the decisions that would be new or changed.
        trees: why, for each of these decisions.
    """

    report: Report
    trees: list[Tree]


class _TakenBackError(Exception):
    """Ends a simulation, so that nothing of it is written, and carries out what it came to."""

    def __init__(self, report: Report, lines: list[RebateLine], trees: list[Tree]) -> None:
        super().__init__()
        self.report, self.lines, self.trees = report, lines, trees


async def record_batch(
    transaction: Transaction,
    prepared: Sequence[Prepared],
    keys: IdentifierKeys,
    *,
    most: int | None = None,
    foresight: Foresight | None = None,
) -> "Recorded":
    """Writes events and derives what they change, in one transaction and behind the intake's lock.

    Args:
        transaction: a write transaction.
        prepared: valid events.
        keys: to seal identifiers.
        most: triggers besides their own that are derived at once; see `derive`.
        foresight: looks at new scans while they are written.
    """
    log = await lock(transaction, (one.arrival.id for one in prepared))
    if log.key_version not in {None, keys.version}:
        raise ServiceError(
            "IDENTIFIER_KEY_CHANGED",
            "The keys of this graph were changed while this process ran; nothing was recorded.",
            remedy="Start it again.",
        )
    prepared = [one.sealed_with(keys) for one in prepared]
    policy = policy_of(log.policy)
    watch = None if foresight is None else partial(foresight.begin, log)
    appended = await append(transaction, prepared, log, now=now(), policy=policy, watch=watch)
    if not appended.accepted:
        return Recorded(appended, Derived([]), log.batches)
    derived = await derive(transaction, appended, log, keys=keys, policy=policy, most=most, foresight=foresight)
    return Recorded(appended, derived, log.batches)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch.

    Attributes:
        appended: to the log.
        derived: of it.
        batches: how many were written to the log so far, by whichever process.
    """

    appended: Appended
    derived: Derived
    batches: int


class Recorder:
    """The one way in for events, whatever door they came through.

    Args:
        graph: to write to.
        keys: to seal identifiers.
        most_waiting: how many events may wait before further ones can be refused.
        writers: who takes turns with this one.
        renew: takes up keys that another process changed, and tells whether it could.

    Attributes:
        closed: why no events are taken at present; None while they are.
        backlog: what wide facts left to be derived.
        announcements: where decisions are heard of once they are durable.
    """

    def __init__(
        self,
        graph: Graph,
        keys: IdentifierKeys,
        most_waiting: int = MOST_WAITING,
        writers: Writers | None = None,
        renew: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.closed: ServiceError | None = None
        self._graph = graph
        self._keys = keys
        self._renew = renew
        self.announcements = Announcements(graph)
        self.backlog = Backlog(graph, self.announcements)
        self._writers = writers or Writers()
        self._turns = Turns(most_waiting)
        self._batches: int | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def running(self, *, settling: bool = True) -> AsyncIterator["Recorder"]:
        """The writer works while the block lasts.

        Args:
            settling: whether pending tasks are worked off, too.
        """
        workers = [asyncio.create_task(self._write()), asyncio.create_task(self.announcements.keep_telling())]
        if settling:
            workers.append(asyncio.create_task(self.backlog.keep_working(self._writers)))
            workers.append(asyncio.create_task(keep_changing(self._graph, self._keys, self._writers)))
        try:
            yield self
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            gc.enable()

    def require_room(self, events: int = 1) -> None:
        """Refuses events before anything of them is taken.

        Raises:
            ServiceError: `BUSY`; `UNAVAILABLE` while the graph does not answer; or why intake is closed.
        """
        self._graph.require_answers()
        if self.closed is not None:
            raise self.closed
        self._turns.require_room(events)

    async def record(
        self,
        contents: Iterable[Any | InvalidJson],
        *,
        as_admin: bool,
        first_index: int = 0,
        part_of: object | None = None,
        into: Report | None = None,
        tell: bool = False,
    ) -> Report:
        """Takes in events; what is accepted is durable when this returns.

        Args:
            contents: JSON values, or why one is none.
            as_admin: whether the sender may say when an event was recorded.
            first_index: the index of the first of them in what was sent.
            part_of: what they are a slice of: its slices are written in order, and in turns with what else waits.
            into: a report to add to; when this fails, it tells what was recorded until then.
            tell: whether the report is to hold the decisions that changed.
        """
        report = Report()
        try:
            prepared = await self._prepare(
                contents, report, as_admin=as_admin, first_index=first_index, patient=part_of is not None
            )
            if prepared:
                await self._have_written(prepared, part_of, report, tell=tell)
        finally:
            report.rejected.sort(key=lambda rejection: rejection.index)
            if into is not None:
                into.add(report)
        if not report.token:
            report.token = token_of(self._graph.latest_bookmarks())
        return report

    async def _prepare(
        self,
        contents: Iterable[Any | InvalidJson],
        report: Report,
        *,
        as_admin: bool,
        first_index: int,
        patient: bool = False,
    ) -> list[Prepared]:
        """Checks events; a patient one does so while the server commits, not while it waits for this process."""
        prepared: list[Prepared] = []
        present = now()
        for index, content in enumerate(contents, first_index):
            if index % _CHECKED_AT_ONCE == 0:
                await asyncio.sleep(0)
                if patient:
                    await self._idle.wait()
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
        return prepared

    async def simulate(self, contents: Iterable[Any | InvalidJson], *, as_admin: bool) -> "Simulated":
        """What recording events would do: they are recorded and taken back; nothing of them stays.

        Args:
            contents: JSON values, or why one is none.
            as_admin: whether the sender may say when an event was recorded.

        Raises:
            ServiceError: `LIMIT_EXCEEDED`, when they concern more than `MAX_SIMULATED` decisions.
        """
        report = Report()
        prepared = await self._prepare(contents, report, as_admin=as_admin, first_index=0)

        async def work(transaction: Transaction) -> None:
            recorded = await record_batch(transaction, prepared, self._keys, most=MAX_SIMULATED)
            appended, derived = recorded.appended, recorded.derived
            if not derived.is_complete:
                raise ServiceError(
                    "LIMIT_EXCEEDED",
                    f"The events concern more than {MAX_SIMULATED} other events that pay, the most that is simulated.",
                    remedy="Record them: what is wide is worked off bit by bit.",
                )
            conflicts = [_rejection(arrival.index, refusal) for arrival, refusal in appended.conflicts]
            told = Report(len(appended.accepted), appended.duplicates, conflicts)
            raise _TakenBackError(told, derived.decisions, await explanations(transaction, derived.decisions))

        try:
            if prepared:
                async with self._writers.turn(small=len(prepared) <= SMALL_REQUEST):
                    await self._written(work)
            trees: list[Tree] = []
        except _TakenBackError as taken_back:
            report.add(taken_back.report)
            report.decided, trees = taken_back.lines, taken_back.trees
        report.rejected.sort(key=lambda rejection: rejection.index)
        report.token = token_of(self._graph.latest_bookmarks())
        return Simulated(report, trees)

    async def _have_written(
        self, prepared: list[Prepared], part_of: object | None, report: Report, *, tell: bool
    ) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = Waiting(prepared, part_of, done, decided=[] if tell else None)
        with self._turns.counted(len(prepared), small=waiting.is_small):
            self._turns.put(waiting)
            try:
                await waiting.done
            finally:
                for appended, token in waiting.written:
                    conflicts = [_rejection(arrival.index, refusal) for arrival, refusal in appended.conflicts]
                    report.add(Report(len(appended.accepted), appended.duplicates, conflicts, token))
                report.decided += waiting.decided or ()

    async def _write(self) -> None:
        while True:
            portions = await self._turns.take()
            try:
                await self._write_together(portions)
            except Exception as error:
                # Without a server nothing can be written; else the fault is one event's, and its neighbours go on.
                if len(portions) == 1 or isinstance(error, DriverError):
                    _give_up(portions, error)
                else:
                    await self._write_apart(portions)

    async def _write_apart(self, portions: Sequence[Portion]) -> None:
        for portion in portions:
            try:
                await self._write_together([portion])
            except Exception as error:
                _give_up([portion], error)

    async def _written(self, work: Callable[[Transaction], Awaitable[Answer]]) -> tuple[Answer, Bookmarks]:
        """Writes; where the keys were changed meanwhile, once more with those."""
        try:
            return await self._graph.write(work)
        except ServiceError as error:
            if error.code != "IDENTIFIER_KEY_CHANGED" or self._renew is None or not await self._renew():
                raise
        return await self._graph.write(work)

    async def _write_together(self, portions: Sequence[Portion]) -> None:
        prepared = [one for _, part in portions for one in part]
        is_large = not portions[0][0].is_small

        async def work(transaction: Transaction) -> Recorded:
            with self._busy() if is_large else nullcontext():
                async with Foresight(self._graph) as foresight:
                    return await record_batch(
                        transaction, prepared, self._keys, foresight=foresight if is_large else None
                    )

        began = time.monotonic()
        async with self._writers.turn(small=not is_large):
            recorded, bookmarks = await self._written(work)
            somebody_waits = is_large and self._writers.somebody_waits
        together, derived = recorded.appended, recorded.derived
        metrics.batch_written(together, time.monotonic() - began)
        self.announcements.tell(derived.decisions)
        if not derived.is_complete:
            # The events are recorded, whatever becomes of looking what they left.
            with suppress(ServiceError, DriverError, Neo4jError):
                await self.backlog.look()
        token = token_of(bookmarks)
        for waiting, part in portions:
            waiting.written.append((_share(together, part), token))
            if waiting.decided is not None:
                waiting.decided += _caused(derived.decisions, together, part)
            if waiting.taken >= len(waiting.prepared) or waiting.is_small:
                _end(waiting)
        if is_large:
            self._turns.pace.learn(len(prepared), time.monotonic() - began)
        if self._others_wrote(recorded.batches) or somebody_waits:
            self._turns.watch()
            self._turns.give_way(GIVING_WAY_SECONDS if somebody_waits else _POLITE_SECONDS)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Lets what can wait leave this process to the block: what is checked, and the collector.

        All of a batch lives until it is written, so there is nothing to collect; what is left of it is looked through
        while the server commits.
        """
        self._idle.clear()
        gc.disable()
        try:
            yield
        finally:
            self._idle.set()
            asyncio.get_running_loop().call_later(_COMMITTING_SECONDS, gc.enable)

    def _others_wrote(self, batches: int) -> bool:
        """Notices by the number of batches whether another process writes too, of whatever home."""
        others = 0 if self._batches is None else batches - self._batches - 1
        self._batches = batches
        return others > 0


def _end(waiting: Waiting, error: Exception | None = None) -> None:
    if waiting.done.done():
        return
    if error is None:
        waiting.done.set_result(None)
    else:
        waiting.done.set_exception(error)


def _give_up(portions: Sequence[Portion], error: Exception) -> None:
    for waiting, _ in portions:
        _end(waiting, error)


def _share(together: Appended, prepared: Sequence[Prepared]) -> Appended:
    """What became of the events of one request of a batch."""
    own = {id(one.arrival) for one in prepared}
    accepted = [arrival for arrival in together.accepted if id(arrival) in own]
    conflicts = [(arrival, refusal) for arrival, refusal in together.conflicts if id(arrival) in own]
    duplicates = len(prepared) - len(accepted) - len(conflicts)
    return Appended(accepted, duplicates, conflicts)


def _caused(lines: Sequence[RebateLine], together: Appended, prepared: Sequence[Prepared]) -> list[RebateLine]:
    """The decisions that changed with the events of one request of a batch.

    Those on the events of its neighbours are theirs; those on earlier events may be anyone's.
    """
    others = {arrival.id for arrival in together.accepted} - {one.arrival.id for one in prepared}
    return [line for line in lines if line.trigger not in others]


def _rejection(index: int, refusal: Refusal) -> Rejection:
    return Rejection(index, refusal.event_id, refusal.code, refusal.path, refusal.message)
