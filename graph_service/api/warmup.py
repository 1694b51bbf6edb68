"""Warms the server: the first executions of a statement are several times slower, and nobody should wait for them.

A first part is done before the service says that it is ready; then, until somebody asks, the rest.
"""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice

from graph_service.ahead import parts_of
from graph_service.goods.codes import code_of
from graph_service.goods.questions import ownerships
from graph_service.graph.driver import Graph, Transaction
from graph_service.intake.envelope import open_envelope
from graph_service.intake.prepared import Prepared, prepare
from graph_service.intake.strict_json import loads
from graph_service.members.identifiers import IdentifierKeys
from graph_service.moments import now
from graph_service.rebates.questions import rebates
from graph_service.recorder import record_batch
from graph_service.resources import resource

ROUNDS = 20
LONGEST_SECONDS = 10.0  # on a machine that is this busy, being there matters more than being quick
GRACE_SECONDS = 5.0  # whoever waited for the service to be ready comes at once
IDLE_SECONDS = 25.0  # after these the server is nearly as fast as it gets
REHEARSED_EVENTS = 1_500
NAMING_PART = 15
STEP = 250  # events between two looks whether somebody asks


class _RehearsedError(Exception):
    """Ends a rehearsal, so that nothing of it is written."""


class Warmup:
    """Rehearses what the service does most: it records events, takes them back, and asks.

    Args:
        graph: to rehearse on; nothing stays in it.
        keys: to seal the identifiers of the rehearsed events.
    """

    def __init__(self, graph: Graph, keys: IdentifierKeys) -> None:
        self._graph = graph
        self._keys = keys
        self._is_over = False

    def end(self) -> None:
        """Somebody asks: the machine is theirs."""
        self._is_over = True

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The first part is done when the block begins; the rest while it lasts, as long as nobody asks."""
        events = self.events()
        # A graph that does not answer is what /readyz tells; the service starts all the same.
        with suppress(Exception):
            async with asyncio.timeout(LONGEST_SECONDS):
                # What an empty graph has no name for yet is planned again once it has: a first part names everything.
                await self.rehearse([events[::NAMING_PART]])
                await self.rehearse([events])
                for _ in range(ROUNDS):
                    await self._graph.read(_ask)
        rest = asyncio.create_task(self._go_on(events))
        try:
            yield
        finally:
            rest.cancel()
            await asyncio.gather(rest, return_exceptions=True)

    def events(self) -> Sequence[Prepared]:
        """The first weeks of the demonstration."""
        present = now()
        with gzip.open(resource("seeds") / "demo.ndjson.gz") as lines:
            return [
                prepare(open_envelope(index, loads(line), now=present, may_set_recorded_at=False), self._keys)
                for index, line in enumerate(islice(lines, REHEARSED_EVENTS))
            ]

    async def _go_on(self, events: Sequence[Prepared]) -> None:
        parts = parts_of(events, STEP)
        batches = await self._graph.read(_batches)
        await asyncio.sleep(GRACE_SECONDS)
        began = time.monotonic()
        while not self._is_over and time.monotonic() - began < IDLE_SECONDS:
            if await self._graph.read(_batches) != batches:  # another process writes
                return
            await self.rehearse(parts)
            await self._graph.read(_ask)

    async def rehearse(self, parts: Sequence[Sequence[Prepared]]) -> None:
        """Records events in a transaction that is rolled back; ends between two parts when somebody asks."""

        async def work(transaction: Transaction) -> None:
            for part in parts:
                if not self._is_over:
                    await record_batch(transaction, part, self._keys)
            raise _RehearsedError

        with suppress(_RehearsedError):
            await self._graph.write(work)


async def _batches(transaction: Transaction) -> int | None:
    """How many batches were written to the log so far."""
    rows = await transaction.run("intake/batches")
    return rows[0]["batches"] if rows else None


async def _ask(transaction: Transaction) -> None:
    first = await rebates(transaction, limit=1)
    triggers = await transaction.rows_of("rebates/triggers", [line.trigger for line in first])
    await ownerships(transaction, [(code_of(row["run"]), None) for row in triggers[:1] if row["run"] is not None])
