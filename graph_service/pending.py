"""Pending tasks: what a wide fact leaves to be derived, worked off in transactions so small that others hardly wait.

    (:Pending {id, question, rows, since, through, left})

A task says where its triggers are found (`question`, a statement, and its `rows`), not which they are: what changes
meanwhile derives what it changes itself, so whenever a task is worked off, it ends where it would have ended at once.
Triggers are taken in the order of time, so that caps and budgets count on top of what was counted, and `through` tells
the last that is done; after a kill the work goes on behind it.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable, Collection, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from graph_service.ahead import parts_of
from graph_service.channel.kept import KeptChannel, channel_under
from graph_service.goods.later import TRIGGERS_OF_ITEMS
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.intake.lock import Log, lock
from graph_service.moments import now, rfc3339
from graph_service.rebates.announced import Announcements
from graph_service.rebates.derive import derive_decisions
from graph_service.rebates.evaluate import Evaluated, Known, evaluate, fetch_rulebook
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.rulebook import Rulebook
from graph_service.rebates.settling import ACCRUED, SETTLED, mark_settled, seal_closings
from graph_service.writers import Writers

MAX_DEPENDENT = 5_000
"""Triggers besides its own that a batch derives in its transaction; when there are more, they wait."""

QUESTIONS = frozenset(
    {
        TRIGGERS_OF_ITEMS,
        "rebates/triggers_by_party",
        "rebates/triggers_by_promo_code",
        "rebates/triggers_by_sku",
        "rebates/triggers_since",
        "rebates/triggers_by_account",
        "rebates/triggers_by_order",
        "rebates/triggers_by_voucher",
        "rebates/due_between",
        ACCRUED,
        SETTLED,
        "rebates/triggers_on_devices",
        "rebates/triggers_by_capped_accounts",
    }
)

log = logging.getLogger(__name__)

Question = tuple[str, list[Row]]
"""A statement of `QUESTIONS` and its rows."""

Trigger = tuple[int, str]
"""When it happened, in microseconds, and its id."""

_ALL = 2**31
_BEFORE_EVER = 2**62
_TIMES_AT_ONCE = 20_000
_ROWS_A_TASK = 2_000
_TASKS_AT_ONCE = 64
_AIMED_SECONDS = 0.1
_ALONE_SECONDS = 0.8
_WATCHED_SECONDS = 10.0
_LOOK_SECONDS = 1.0
_SAY_SECONDS = 0.2
# What a step costs besides its triggers can grow with what others record; fewer would be overtaken by them.
_FEWEST = 125
_FIRST, _MOST = 50, 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits.

    Attributes:
        tasks: how many.
        since: when the oldest came, in microseconds.
        left: triggers that are known to be left; None before the work began.
    """

    tasks: int = 0
    since: int | None = None
    left: int | None = None

    def told(self) -> dict[str, Any]:
        """The same as a JSON value; `since` is RFC 3339."""
        return {"tasks": self.tasks, "since": None if self.since is None else rfc3339(self.since), "left": self.left}


async def dependents(
    transaction: Transaction, questions: Sequence[Question], *, own: Set[str], most: int, found: Collection[str] = ()
) -> set[str] | None:
    """The triggers that questions find besides a batch's own and those `found` already; None when more than `most`."""
    triggers = set(found) - own
    if len(triggers) > most:
        return None
    for name, rows in questions:
        more = await transaction.rows_of(name, rows, limit=len(own) + most + 1)
        triggers |= {row["trigger"] for row in more} - own
        if len(triggers) > most:
            return None
    return triggers


async def postpone(transaction: Transaction, questions: Sequence[Question]) -> None:
    """Leaves what questions find to be derived later; the caller holds the intake's lock."""
    since = now()
    tasks = [
        {
            "id": f"{since}-{uuid.uuid4().hex}",
            "question": name,
            "rows": json.dumps(part, ensure_ascii=False),
            "since": since,
        }
        for name, rows in questions
        for part in parts_of(rows, _ROWS_A_TASK)
    ]
    await transaction.rows_of("pending/add", tasks)


POLICY = "members/policy"
"""The question of a task that a new identity policy leaves; `policy_change.py` works it off."""


async def postpone_policy(transaction: Transaction, event: str) -> None:
    """Leaves a new identity policy to be applied later; the caller holds the intake's lock."""
    since = now()
    await transaction.rows_of(
        "pending/add", [{"id": f"{since}-{uuid.uuid4().hex}", "question": POLICY, "rows": event, "since": since}]
    )
    await transaction.run("intake/policy_waits")


async def waiting(transaction: Transaction) -> Waiting:
    """What waits now."""
    return Waiting(**(await transaction.run("pending/standing"))[0])


class Backlog:
    """Works off the tasks of a graph, one small transaction after the other.

    Several processes may do so at once; what one has done the others do again without a difference.

    Attributes:
        known: what waited when it was last looked; at most a second ago while `keep_working` runs.
        changed: how many decisions it changed so far.
    """

    def __init__(self, graph: Graph, announcements: Announcements | None = None) -> None:
        self.known = Waiting()
        self.changed = 0
        self._graph = graph
        self._announcements = announcements
        self._wanted = asyncio.Event()
        self._tasks: list[str] = []
        self._settles = False
        self._triggers: list[Trigger] = []
        self._size = _FIRST
        self._ahead: _Ahead | None = None
        self._batches = 0
        self._watched_until = 0.0

    @property
    def left(self) -> int:
        """Triggers that are found and not derived yet; more tasks may wait."""
        return len(self._triggers)

    async def look(self) -> Waiting:
        """What waits now."""
        self.known = await self._graph.read(waiting, self._graph.latest_bookmarks())
        if self.known.tasks:
            self._wanted.set()
        return self.known

    async def keep_working(self, writers: Writers) -> None:
        """Works until it is cancelled; looks every second for tasks that other processes left.

        Args:
            writers: with whom it takes turns.
        """
        said = False
        while True:
            try:
                while (await self.look()).tasks:
                    if not await self.find():
                        break
                    async with writers.turn(small=False):
                        await self.work()
                said = False
            except Exception as error:  # The graph is away, or tells whoever asks; what waits stays where it is.
                if not said:
                    log.warning("Pending tasks wait longer, because of %s; they are tried again.", type(error).__name__)
                said = True
            finally:
                self._forget_ahead()
            self._wanted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wanted.wait()

    async def settled(self, say: Callable[[int], None]) -> None:
        """Waits until nothing waits any more, while `keep_working` runs.

        Args:
            say: is told now and then how many triggers are left, as far as they are known.
        """
        while (await self.look()).tasks:
            say(self.known.left or self.left)
            await asyncio.sleep(_SAY_SECONDS)

    async def find(self) -> bool:
        """Lists the triggers of the oldest tasks, unless some are listed still; keeps no writer waiting.

        Returns:
            whether there is something to work off.
        """
        if not self._tasks:
            found = await self._graph.read(_find, self._graph.latest_bookmarks())
            self._tasks, self._settles, self._triggers = found
        return bool(self._tasks)

    async def work(self) -> list[RebateLine] | None:
        """Derives as many triggers as take about a tenth of a second, or most of one when nobody else writes.

        While they are written, what the facts say about the next ones is looked at.

        Returns:
            the decisions that changed; None when nothing waits.
        """
        if not await self.find():
            return None
        size = self._ahead.size if self._ahead is not None else self._size
        part, rest = self._triggers[:size], self._triggers[size:]
        tasks, settles = self._tasks, self._settles

        async def derive(transaction: Transaction) -> list[RebateLine]:
            held = await lock(transaction)
            self._watch_others(held)
            changed: list[RebateLine] = []
            triggers = [trigger for _, trigger in part]
            anew = await mark_settled(transaction, triggers) if settles else triggers
            if anew:
                rules = await fetch_rulebook(transaction, held.rules_stamp)
                channel = channel_under(held.channel_stamp)
                evaluated = await self._looked_at(held)
                if not settles:
                    self._look_ahead(rest[: self._size], held, rules, channel)
                known = Known(channel, evaluated=evaluated, books=None if settles else held.books)
                changed = await derive_decisions(transaction, anew, rules, held.clock or 0, known=known)
            if rest:
                await transaction.rows_of("pending/advance", tasks, through=_told(part[-1]), left=len(rest))
            else:
                await transaction.rows_of("pending/finish", tasks)
                await postpone(transaction, await seal_closings(transaction))
            return changed

        began = time.monotonic()
        changed, _ = await self._graph.write(derive)
        self.changed += len(changed)
        if self._announcements is not None:
            self._announcements.tell(changed)
        aimed = _AIMED_SECONDS if began < self._watched_until else _ALONE_SECONDS
        self._size = _next_size(len(part), time.monotonic() - began, aimed)
        self._triggers = rest
        if not rest:
            self._tasks = []
        return changed

    def _watch_others(self, held: Log) -> None:
        """Notices by the number of batches whether somebody else writes, too."""
        if held.batches != self._batches + 1:
            self._watched_until = time.monotonic() + _WATCHED_SECONDS
        self._batches = held.batches

    def _look_ahead(self, part: Sequence[Trigger], held: Log, rules: Rulebook, channel: KeptChannel) -> None:
        """Begins to look at what the facts say about triggers; whoever holds the lock keeps the facts as they are."""
        triggers = [trigger for _, trigger in part]

        async def look(transaction: Transaction) -> Evaluated:
            derived = await evaluate(transaction, triggers, rules, held.clock or 0, Known(channel))
            return Evaluated(frozenset(triggers), derived)

        if triggers:
            looking = asyncio.ensure_future(self._graph.read_latest(look))
            looking.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._ahead = _Ahead(len(part), held.batches, looking)

    async def _looked_at(self, held: Log) -> Evaluated | None:
        """What was looked at ahead, unless somebody wrote in between."""
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return None
        if ahead.batches + 1 == held.batches:
            return await ahead.looking
        ahead.looking.cancel()
        return None

    def _forget_ahead(self) -> None:
        if self._ahead is not None:
            self._ahead.looking.cancel()
            self._ahead = None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """How many triggers are looked at ahead, and how many batches there were when that began."""

    size: int
    batches: int
    looking: "asyncio.Future[Evaluated]"


async def _find(transaction: Transaction) -> tuple[list[str], bool, list[Trigger]]:
    """The oldest tasks of one kind, whether they settle, and the triggers that are left of them, in order of time."""
    oldest = await transaction.run("pending/oldest", limit=_TASKS_AT_ONCE)
    tasks = [task for task in oldest if task["question"] != POLICY]
    settles = bool(tasks) and tasks[0]["question"] == ACCRUED
    tasks = list(takewhile(lambda task: (task["question"] == ACCRUED) == settles, tasks))
    done: dict[str, str] = {}
    for task in tasks:
        if task["question"] not in QUESTIONS:
            raise ValueError(f"a pending task asks {task['question']!r}, which this version does not know")
        for row in await transaction.rows_of(task["question"], json.loads(task["rows"]), limit=_ALL):
            through = task["through"] or ""
            done[row["trigger"]] = min(through, done.get(row["trigger"], through))
    # What settles needs no order.
    triggers = [(0, trigger) for trigger in done] if settles else await _timed(transaction, sorted(done))
    left = [one for one in triggers if _told(one) > done[one[1]]]
    return [task["id"] for task in tasks], settles, sorted(left)


async def _timed(transaction: Transaction, named: Sequence[str]) -> list[Trigger]:
    """Triggers with when they happened."""
    triggers: list[Trigger] = []
    for part in parts_of(named, _TIMES_AT_ONCE):
        rows = await transaction.rows_of("pending/times", part)
        triggers += [(row["at"], row["trigger"]) for row in rows]
    return triggers


def _told(trigger: Trigger) -> str:
    """Where a trigger stands, as text in the same order."""
    at, event = trigger
    return f"{at + _BEFORE_EVER:020} {event}"


def _next_size(size: int, seconds: float, aimed_seconds: float) -> int:
    """How many to take next, so that it takes as long as is aimed at; it grows by half at most."""
    aimed = int(size * aimed_seconds / max(seconds, 0.001))
    return max(_FEWEST, min(aimed, size + size // 2 + 1, _MOST))
