"""One embedded Neo4j for the whole run; tests keep apart by wiping what they filled.

Two processes share the tests (pytest-xdist): one runs all that use this server, the other those that need none or start
servers of their own, module by module.

A developer who runs a few tests again and again may keep a server up and name it in `TEST_NEO4J_URI`,
`TEST_NEO4J_USERNAME` and `TEST_NEO4J_PASSWORD`: it is wiped, and spares the start and the warming up.
"""

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from xdist.scheduler import LoadScopeScheduling

from graph_service.graph.driver import Graph, connect
from graph_service.graph.embedded import Connection, Memory, embedded_server
from graph_service.graph.migrations import migrate
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder

WIPE = "MATCH (n) WHERE NOT n:Migration CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


APART = re.compile(
    r"test_(model_\w+|embedded\w*|class_data|cli|files|seeds|attribution_paths|amounts|rewinding|journal_causes|docs|ahead"
    r"|api_tokens|erasure_files)\.py"
)
"""Modules that use no server, or start servers of their own."""


class OneServer(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps all tests of the one server in one process."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if APART.search(module) else "server"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneServer:
    """Shares the tests out."""
    return OneServer(config, log)


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The server of this run."""
    if uri := os.environ.get("TEST_NEO4J_URI"):
        yield Connection(uri, os.environ["TEST_NEO4J_USERNAME"], os.environ["TEST_NEO4J_PASSWORD"])
        return
    with embedded_server(tmp_path_factory.mktemp("home"), memory=Memory(1024, 256)) as server:
        yield server


QUICK_JAVA = "-XX:TieredStopAtLevel=1"


@pytest.fixture(scope="module")
def quick_java() -> Iterator[None]:
    """Servers that live for seconds: what they would compile for years of work is most of their start."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JAVA_TOOL_OPTIONS", QUICK_JAVA)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated(connection: Connection) -> AsyncIterator[Graph]:
    """Its graph, migrated once."""
    async with connect(connection) as graph:
        await migrate(graph)
        yield graph


@pytest_asyncio.fixture(loop_scope="session")
async def graph(migrated: Graph) -> Graph:
    """The graph, empty but for its schema."""
    await migrated.run(WIPE, read_only=False)
    return migrated


@pytest.fixture(scope="session")
def keys() -> IdentifierKeys:
    """Keys of this run."""
    return IdentifierKeys(b"a secret of thirty-two bytes and more")


@pytest_asyncio.fixture(loop_scope="session")
async def recorder(graph: Graph, keys: IdentifierKeys) -> AsyncIterator[Recorder]:
    """The way in to the empty graph."""
    async with Recorder(graph, keys).running() as running:
        yield running


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of input that the project did not make."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder ../shared is not here")
    return folder
