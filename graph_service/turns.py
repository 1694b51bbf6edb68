"""Whose turn it is to be written: small requests at once, large ones in portions between them.

Somebody waits at the till for the answer to a scan; nobody waits for the last event of 500,000. So what is small is
written before what is large: while small requests come, a large one gives way after each portion of some 40 ms, and
they have the writer to themselves for 80 ms, so that few of them wait for a portion at all. When none come, a portion
takes some 800 ms. A small request that comes right after others were answered waits for theirs, some milliseconds at
most. Large requests take turns with each other. The slices of one body or file are written in their order,
because of two events with one id the first is the one that stays.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from graph_service.errors import ServiceError
from graph_service.intake.log import Appended
from graph_service.intake.prepared import Prepared
from graph_service.pace import Pace
from graph_service.rebates.questions import RebateLine

GATHERED_EVENTS = 256
SMALL_REQUEST = 100
MOST_WAITING = 10_000
GIVING_WAY_SECONDS = 0.08
_WATCHED_SECONDS = 10.0
_RECENT_SECONDS = 0.05  # who has just been answered often asks again
_GATHERING_SECONDS = 0.01  # in which most who ask again have done so
_DISCOURAGED_SECONDS = 1.0


@dataclass(eq=False, slots=True)
class Waiting:
    """Events that wait to be written, and what became of those that were.

    Attributes:
        prepared: the events.
        source: the body or file that they are a slice of; None when they are all there is.
        done: set when all are written, or when it is known that the rest will not be.
        written: what became of the portions that were written, each with its consistency token.
        decided: the decisions that changed with them; None where nobody asks.
        taken: how many were given to the writer.
    """

    prepared: Sequence[Prepared]
    source: object | None
    done: "asyncio.Future[None]"
    written: list[tuple[Appended, str]] = field(default_factory=list)
    decided: list[RebateLine] | None = None
    taken: int = 0

    @property
    def is_small(self) -> bool:
        """Whether it is written before large ones."""
        return self.source is None and len(self.prepared) <= SMALL_REQUEST


Portion = tuple[Waiting, Sequence[Prepared]]


class Turns:
    """Two lines, of small and of large requests.

    Args:
        most_waiting: how many events each line may hold before whoever can be refused is.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.pace = Pace()
        self._most_waiting = most_waiting
        self._inside = {True: 0, False: 0}
        self._small: deque[Waiting] = deque()
        self._large: dict[object, deque[Waiting]] = {}
        self._filled = asyncio.Event()
        self._small_came = asyncio.Event()
        self._small_came_at = float("-inf")
        self._large_was_last = False
        self._just_answered = 0
        self._discouraged_until = 0.0
        self._held_back_until = 0.0
        self._watched_until = 0.0

    def require_room(self, events: int) -> None:
        """Refuses a request that would have to wait too long.

        Raises:
            ServiceError: `BUSY`.
        """
        inside = self._inside[events <= SMALL_REQUEST]
        if inside and inside + events > self._most_waiting:
            raise ServiceError(
                "BUSY",
                "More events wait to be recorded than the service takes at once; none of these was recorded.",
                remedy="Send the same request again in a moment.",
            )

    @contextmanager
    def counted(self, events: int, *, small: bool) -> Iterator[None]:
        """Counts events as waiting while the block lasts."""
        self._inside[small] += events
        try:
            yield
        finally:
            self._inside[small] -= events

    def watch(self) -> None:
        """Keeps portions short for a while, because somebody waits: here, or in another process."""
        self._watched_until = time.monotonic() + _WATCHED_SECONDS

    def give_way(self, seconds: float) -> None:
        """Holds large requests back for a while, so that small ones go first: here, or in another process."""
        self._held_back_until = time.monotonic() + seconds

    @property
    def is_watched(self) -> bool:
        """Whether portions are kept short."""
        return time.monotonic() < self._watched_until

    def put(self, waiting: Waiting) -> None:
        """Lets events wait for their turn."""
        if waiting.is_small:
            self._small.append(waiting)
            self._small_came.set()
            self._small_came_at = time.monotonic()
            self.watch()
        else:
            source = waiting if waiting.source is None else waiting.source
            self._large.setdefault(source, deque()).append(waiting)
        self._filled.set()

    async def take(self) -> list[Portion]:
        """What is to be written next; waits until there is something."""
        asks = bool(self._small) or time.monotonic() - self._small_came_at < _RECENT_SECONDS
        if self._large_was_last and asks:
            self.give_way(GIVING_WAY_SECONDS)
        self._large_was_last = False
        answered, self._just_answered = self._just_answered, 0
        expected = len(self._small) + answered
        asked_again_until = time.monotonic() + _GATHERING_SECONDS
        while True:
            await self._filled.wait()
            held_back = self._held_back_until - time.monotonic()
            if self._small and (held_back > 0 or not self._large):
                if self._discouraged_until < time.monotonic() < asked_again_until:
                    await self._gather(expected)
                portions = self._take_small()
            elif held_back > 0:
                await self._small_within(held_back)
                continue
            else:
                portions = self._take_large()
                self._large_was_last = bool(portions)
            if portions:
                return portions
            if not self._small and not self._large:
                self._filled.clear()

    async def _gather(self, expected: int) -> None:
        """Waits for those who were answered just now to ask again; where nobody does, not again in the near future.

        A batch of eight takes little longer than one of four. Without this, half of eight would always be written
        while the other half waits.
        """
        found = len(self._small)
        until = time.monotonic() + _GATHERING_SECONDS
        while len(self._small) < expected and (left := until - time.monotonic()) > 0:
            await self._small_within(left)
        if found == len(self._small) < expected:
            self._discouraged_until = time.monotonic() + _DISCOURAGED_SECONDS

    async def _small_within(self, seconds: float) -> None:
        """Waits for a small request, but not longer."""
        self._small_came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._small_came.wait()

    def _take_small(self) -> list[Portion]:
        portions: list[Portion] = []
        events = 0
        while self._small and events < GATHERED_EVENTS:
            waiting = self._small.popleft()
            if not waiting.done.done():
                events += len(waiting.prepared)
                portions.append((waiting, waiting.prepared))
        self._just_answered = len(portions)
        return portions

    def _take_large(self) -> list[Portion]:
        if not self._large:
            return []
        source = next(iter(self._large))
        line = self._large.pop(source)
        while line and line[0].done.done():  # given up, or its last portion failed
            line.popleft()
        if not line:
            return []
        waiting = line[0]
        start = waiting.taken
        waiting.taken = min(len(waiting.prepared), start + self.pace.portion(watched=self.is_watched))
        if waiting.taken == len(waiting.prepared):
            line.popleft()
        if line:
            self._large[source] = line
        return [(waiting, waiting.prepared[start : waiting.taken])]
