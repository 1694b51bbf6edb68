"""Warms the server: the first executions of a statement are several times slower, and nobody should wait for them."""

from contextlib import suppress

from graph_service.goods.codes import code_of
from graph_service.goods.questions import ownerships
from graph_service.graph.driver import Graph, Transaction
from graph_service.rebates.questions import rebates

ROUNDS = 20


async def warm_up(graph: Graph) -> None:
    """Asks the questions that are asked most."""

    async def work(transaction: Transaction) -> None:
        first = await rebates(transaction, limit=1)
        triggers = await transaction.rows_of("rebates/triggers", [line.trigger for line in first])
        await ownerships(transaction, [(code_of(row["run"]), None) for row in triggers[:1]])

    with suppress(Exception):  # A graph that does not answer is what /readyz tells; the service starts all the same.
        for _ in range(ROUNDS):
            await graph.read(work)
