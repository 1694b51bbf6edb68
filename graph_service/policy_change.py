"""Lets a new identity policy take over a large graph: built beside the old members, then in force in one transaction.

While it is built, intake goes on under the old policy and notes which identifiers it touches; answers say that a task
is pending. A process that is killed leaves the task to the next one, which begins anew.
"""

import asyncio
import logging

from graph_service.graph.driver import Graph, Transaction
from graph_service.intake.lock import lock
from graph_service.intake.log import Appended
from graph_service.intake.touched import fetch_touched
from graph_service.members.beside import build_beside
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policies import latest_policy
from graph_service.members.policy import policy_of
from graph_service.pipeline import derive
from graph_service.writers import Writers

_LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


async def keep_changing(graph: Graph, keys: IdentifierKeys, writers: Writers) -> None:
    """Applies policies that wait, until it is cancelled.

    Args:
        graph: to read and write.
        keys: to open identifiers.
        writers: with whom it takes turns when it takes over.
    """
    said = False
    while True:
        try:
            while await change_policy(graph, keys, writers):
                said = False
        except Exception as error:  # The graph is away, or tells whoever asks; the task stays where it is.
            if not said:
                log.warning("A policy waits longer, because of %s; it is tried again.", type(error).__name__)
            said = True
        await asyncio.sleep(_LOOK_SECONDS)


async def change_policy(graph: Graph, keys: IdentifierKeys, writers: Writers) -> bool:
    """Lets the policy that waits take over.

    Returns:
        whether one waited. If another one came meanwhile it waits still.
    """
    tasks = await graph.read(lambda transaction: transaction.run("pending/policies"), graph.latest_bookmarks())
    if not tasks:
        return False
    policy = await graph.read(latest_policy, graph.latest_bookmarks())
    beside = await build_beside(graph, policy, keys)

    async def work(transaction: Transaction) -> None:
        held = await lock(transaction)
        if (await latest_policy(transaction)).text != policy.text:
            return
        before = policy_of(held.policy)
        if before.text != policy.text:
            await derive(
                transaction,
                Appended(touched=await fetch_touched(transaction, [tasks[-1]["event"]])),
                held,
                keys=keys,
                policy=before,
                beside=beside,
            )
        await transaction.run("members/forget_touched")
        await transaction.rows_of("pending/finish", [task["id"] for task in tasks])

    async with writers.turn(small=False):
        await graph.write(work)
    return True
