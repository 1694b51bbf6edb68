"""Watches the server, so that what could only wait is refused at once while it is lost, and goes on when it is back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph_service.disk import Disk
from graph_service.graph.driver import Graph
from graph_service.recorder import Recorder
from graph_service.settings import Settings

LOST_SECONDS = 20.0  # under heavy load an answer may take some
_LOOK_SECONDS, _LOOK_AGAIN_SECONDS = 2.0, 0.5

_LOG = logging.getLogger("graph_service.health")


@asynccontextmanager
async def watching(graph: Graph, recorder: Recorder, settings: Settings, *, is_embedded: bool) -> AsyncIterator[None]:
    """Watches server and disk while the block lasts.

    Args:
        graph: marked as lost while its server does not answer.
        recorder: closed while the disk takes no more.
        settings: which home.
        is_embedded: whether the database is on the home's disk.
    """
    # The driver logs each of its attempts, for every connection; here it is told once.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    watches = [asyncio.create_task(_watch(graph))]
    if is_embedded:
        watches.append(asyncio.create_task(Disk(settings).watch(recorder)))
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _watch(graph: Graph) -> None:
    while True:
        answers = await _answers(graph)
        if answers == graph.is_lost:
            graph.is_lost = not answers
            _LOG.warning("The graph answers again." if answers else "The graph does not answer; waiting for it.")
        await asyncio.sleep(_LOOK_SECONDS if answers else _LOOK_AGAIN_SECONDS)


async def _answers(graph: Graph) -> bool:
    """Whether the server answers: what breaks first may be an old connection, so it has a second chance."""
    for _ in range(2):
        try:
            async with asyncio.timeout(LOST_SECONDS):
                await graph.ping()
        except TimeoutError:
            return False
        except Exception:  # whatever it is, there was no answer
            await asyncio.sleep(0.05)
        else:
            return True
    return False
