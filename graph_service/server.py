"""The server to use, what it says that it is, and its graph once this version can use it."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection, embedded_server
from graph_service.graph.migrations import ready_graph
from graph_service.settings import Neo4jSettings, Settings

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
async def usable_graph(connection: Connection, say: Say | None = None) -> AsyncIterator[Graph]:
    """The graph behind a connection, while the block lasts; an empty one is migrated.

    Raises:
        ServiceError: why the server or its graph can't be used by this version.
    """
    async with connect(connection) as graph:
        await _require_version(graph)
        await ready_graph(graph, say or (lambda _: None))
        yield graph


async def _require_version(graph: Graph) -> None:
    server = await server_version(graph)
    if not server.is_new_enough:
        oldest = ".".join(str(number) for number in OLDEST_NEO4J)
        raise ServiceError(
            "NEO4J_TOO_OLD",
            f"The server is Neo4j {server.version}; the service needs {oldest} or newer.",
            remedy="Upgrade the server, or unset NEO4J_URI and let the service start its own.",
        )
