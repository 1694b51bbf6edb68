"""The service, put together: a server, its graph, and the one way in for events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.health import watching
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.keyring import keeping_current, open_keys, renew
from graph_service.recorder import Recorder
from graph_service.server import Say, server_of, usable_graph
from graph_service.settings import Neo4jSettings, Settings
from graph_service.writers import Writers


@dataclass(frozen=True, slots=True)
class Service:
    """What runs while the service is open.

    Attributes:
        settings: what it was told.
        connection: how it reaches the server.
        graph: to read from and write to.
        keys: to find and open identifiers.
        recorder: the way in for events; its writer runs.
    """

    settings: Settings
    connection: Connection
    graph: Graph
    keys: IdentifierKeys
    recorder: Recorder


@asynccontextmanager
async def open_service(
    settings: Settings, say: Say | None = None, *, connection: Connection | None = None
) -> AsyncIterator[Service]:
    """Starts or joins the server, checks the graph (an empty one is migrated), and takes events while the block lasts.

    Args:
        settings: home and secrets.
        say: receives what is worth saying while it takes long; by default it goes to standard error.
        connection: the server, where the caller has entered `server_of` already.

    Raises:
        ServiceError: why there is no server, or no graph that this version can use.
    """
    if connection is None:
        async with _server_in_thread(settings, say) as started, open_service(settings, say, connection=started) as it:
            yield it
        return
    async with usable_graph(connection, say) as graph:
        secret = settings.identifier_secret()
        keys = await open_keys(graph, secret)

        async def renewed() -> bool:
            return await renew(graph, (secret, settings.identifier_secret()), keys)

        is_embedded = not Neo4jSettings().uri
        async with (
            Recorder(graph, keys, settings.most_waiting_events, Writers(settings.home), renewed).running() as recorder,
            keeping_current(graph, renewed, keys),
            watching(graph, recorder, settings, is_embedded=is_embedded),
        ):
            yield Service(settings, connection, graph, keys, recorder)


@asynccontextmanager
async def _server_in_thread(settings: Settings, say: Say | None) -> AsyncIterator[Connection]:
    """`server_of` where an event loop runs; a start that is given up is awaited, so that nothing is left running."""
    server = server_of(settings, say)
    entering = asyncio.create_task(asyncio.to_thread(server.__enter__))
    try:
        connection = await asyncio.shield(entering)
    except asyncio.CancelledError:
        await asyncio.gather(entering, return_exceptions=True)
        if entering.exception() is None:
            await asyncio.to_thread(server.__exit__, None, None, None)
        raise
    try:
        yield connection
    finally:
        await asyncio.shield(asyncio.to_thread(server.__exit__, None, None, None))
