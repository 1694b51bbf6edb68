"""Announcements of decisions, after the commit that made them durable: each goes once to everyone who listens then.

Who listens has a queue of its own. Nobody waits for a slow reader: when the queue of one is full, its listening ends
with an error that says so, because a gap that nobody tells of would be worse.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.rebates.questions import RebateLine

MOST_UNREAD = 10_000
"""Decisions that may wait for one listener."""

MOST_LISTENERS = 2_000

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """Somebody who listens.

    Attributes:
        payee: whose decisions are wanted, any id of a member; None for everyone's.
        unread: decisions that it has not read yet.
        ended: why it hears no more; None while it does.
    """

    payee: str | None
    unread: "asyncio.Queue[RebateLine | None]" = field(default_factory=asyncio.Queue)
    ended: ServiceError | None = None

    def hear(self, line: RebateLine) -> None:
        """Takes a decision in, unless too many are unread already."""
        if self.ended is not None:
            return
        if self.unread.qsize() >= MOST_UNREAD:
            self.ended = ServiceError(
                "SLOW_READER",
                f"More than {MOST_UNREAD} decisions were not read; those that came after them are not told here.",
                remedy="Ask for what was missed with `rebates`, then listen again.",
            )
            self.unread.put_nowait(None)
        else:
            self.unread.put_nowait(line)

    async def lines(self) -> AsyncIterator[RebateLine]:
        """The decisions as they come.

        Raises:
            ServiceError: `SLOW_READER`, after what was still in the queue.
        """
        while (line := await self.unread.get()) is not None:
            yield line
        if self.ended is not None:
            raise self.ended


class Announcements:
    """Tells listeners of this process what it decided."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._listeners: set[Listener] = set()
        self._untold: asyncio.Queue[Sequence[RebateLine]] = asyncio.Queue()

    @contextmanager
    def listening(self, payee: str | None) -> Iterator[Listener]:
        """Hears what is decided while the block lasts.

        Args:
            payee: id of a party, or any id of a member; None for everyone.

        Raises:
            ServiceError: `BUSY`, when as many listen as the service takes.
        """
        if len(self._listeners) >= MOST_LISTENERS:
            raise ServiceError("BUSY", f"{MOST_LISTENERS} subscriptions are open already.", remedy="Try again later.")
        listener = Listener(payee)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def tell(self, lines: Sequence[RebateLine]) -> None:
        """Lets everyone know who listens; returns at once. What is told is durable."""
        if lines and self._listeners:
            self._untold.put_nowait(lines)

    async def keep_telling(self) -> None:
        """Works until it is cancelled; in the order of the commits."""
        while True:
            lines = await self._untold.get()
            listeners = list(self._listeners)
            wanted = {listener.payee for listener in listeners}
            ids: Mapping[str, Collection[str]] = {}
            if wanted - {None}:
                try:
                    ids = await self._ids_of({line.payee for line in lines if line.payee is not None})
                except Exception as error:  # Without the graph only the ids that decisions name are known.
                    log.warning("Members of decisions can't be looked up, because of %s.", type(error).__name__)
            for line in lines:
                known = {line.payee, *ids.get(line.payee or "", ())}
                for listener in listeners:
                    if listener.payee is None or listener.payee in known:
                        listener.hear(line)

    async def _ids_of(self, payees: Collection[str]) -> Mapping[str, set[str]]:
        """The ids that stand for the same member as each payee, as far as it is one's."""
        rows = await self._graph.read(
            lambda transaction: transaction.rows_of("members/accounts_of", sorted(payees)),
            self._graph.latest_bookmarks(),
        )
        ids: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            ids[row["id"]].add(row["account"])
        return ids
