"""The service, put together: a server, its graph, and the one way in for events."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection, embedded_server
from graph_service.graph.migrations import ready_graph
from graph_service.health import watching
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.keyring import keeping_current, open_keys, renew
from graph_service.recorder import Recorder
from graph_service.settings import Neo4jSettings, Settings
from graph_service.writers import Writers

Say = Callable[[str], None]

OLDEST_NEO4J = (5, 26)
_SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})


@dataclass(frozen=True, slots=True)
class Server:
    """What the server says that it is: version and edition, as in `5.26.28` and `community`."""

    version: str
    edition: str

    @property
    def is_new_enough(self) -> bool:
        """Whether its Cypher and schema are those that the service needs."""
        numbers = re.findall(r"\d+", self.version)
        return tuple(int(number) for number in numbers[:2]) >= OLDEST_NEO4J


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


@contextmanager
def server_of(settings: Settings, say: Say | None = None) -> Iterator[Connection]:
    """The server to use: that of `NEO4J_URI`, where nothing embedded starts, else the home's own.

    It blocks while a server starts; a command enters it before its event loop runs, so that Ctrl-C ends a download.

    Raises:
        ServiceError: `INVALID_NEO4J_URI`, or why the embedded server did not start.
    """
    given = Neo4jSettings()
    if not given.uri:
        with embedded_server(settings.home, say) as connection:
            yield connection
        return
    address = urlsplit(given.uri)
    if address.scheme not in _SCHEMES or not address.hostname:
        raise ServiceError(
            "INVALID_NEO4J_URI",
            "NEO4J_URI is no address of a Neo4j server.",
            remedy="Write it like neo4j+s://host:7687; the schemes are " + ", ".join(sorted(_SCHEMES)) + ".",
        )
    yield Connection(given.uri, given.username, given.password.get_secret_value(), given.database)


async def server_version(graph: Graph) -> Server:
    """What the server says that it is."""
    row = (await graph.read(lambda transaction: transaction.run("graph/components")))[0]
    return Server(row["versions"][0], row["edition"])


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
    async with connect(connection) as graph:
        await _require_version(graph)
        await ready_graph(graph, say or (lambda _: None))
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


async def _require_version(graph: Graph) -> None:
    server = await server_version(graph)
    if not server.is_new_enough:
        oldest = ".".join(str(number) for number in OLDEST_NEO4J)
        raise ServiceError(
            "NEO4J_TOO_OLD",
            f"The server is Neo4j {server.version}; the service needs {oldest} or newer.",
            remedy="Upgrade the server, or unset NEO4J_URI and let the service start its own.",
        )


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
