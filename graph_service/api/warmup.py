"""Warms the server: the first executions of a statement are several times slower, and nobody should wait for them."""

import asyncio
import gzip
from contextlib import suppress
from itertools import islice

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
REHEARSED_EVENTS = 1_500
NAMING_PART = 15


class _RehearsedError(Exception):
    """Ends a rehearsal, so that nothing of it is written."""


async def warm_up(graph: Graph, keys: IdentifierKeys) -> None:
    """Rehearses what the service does most: it records events, takes them back, and asks."""
    # A graph that does not answer is what /readyz tells; the service starts all the same.
    with suppress(Exception):
        async with asyncio.timeout(LONGEST_SECONDS):
            await _rehearse(graph, keys)
            for _ in range(ROUNDS):
                await graph.read(_ask)


async def _rehearse(graph: Graph, keys: IdentifierKeys) -> None:
    """Records the first weeks of the demonstration in transactions that are rolled back."""
    present = now()
    with gzip.open(resource("seeds") / "demo.ndjson.gz") as lines:
        events = [
            prepare(open_envelope(index, loads(line), now=present, may_set_recorded_at=False), keys)
            for index, line in enumerate(islice(lines, REHEARSED_EVENTS))
        ]
    # What an empty graph has no name for yet is planned again once it has: a first part names everything.
    for part in (events[::NAMING_PART], events):

        async def work(transaction: Transaction, part: list[Prepared] = part) -> None:
            await record_batch(transaction, part, keys)
            raise _RehearsedError

        with suppress(_RehearsedError):
            await graph.write(work)


async def _ask(transaction: Transaction) -> None:
    first = await rebates(transaction, limit=1)
    triggers = await transaction.rows_of("rebates/triggers", [line.trigger for line in first])
    await ownerships(transaction, [(code_of(row["run"]), None) for row in triggers[:1]])
