"""`graph-service check`: whether everything that the service rests on is as it should be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from neo4j.exceptions import Neo4jError

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.migrations import check_migrations, shipped_migrations
from graph_service.graph.statements import StatementError, load_statements
from graph_service.resources import resource
from graph_service.server import OLDEST_NEO4J, server_version


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` is empty where all is well."""

    is_well: bool
    text: str
    remedy: str = ""


async def findings(graph: Graph, address: str) -> AsyncIterator[Finding]:
    """Looks at server, version, migrations with their indexes, and statements, one after another."""
    server = await server_version(graph)
    yield Finding(True, f"The server answers at {address}.")
    oldest = ".".join(map(str, OLDEST_NEO4J))
    yield Finding(
        server.is_new_enough,
        f"It is Neo4j {server.version}, {server.edition}; at least {oldest} is needed.",
        "" if server.is_new_enough else "Upgrade the server.",
    )
    try:
        await check_migrations(graph)
    except ServiceError as error:
        yield Finding(False, error.message, error.remedy)
    else:
        yield Finding(True, f"All {len(shipped_migrations())} migrations are applied, all their indexes are online.")
    async for finding in _statements(graph):
        yield finding


async def _statements(graph: Graph) -> AsyncIterator[Finding]:
    try:
        statements = load_statements(resource("cypher"))
    except (StatementError, FileNotFoundError) as error:
        yield Finding(False, str(error), "Install the package again.")
        return
    understood = 0
    for name, statement in statements.items():
        try:
            await graph.explain(statement.text, read_only=statement.mode == "read")
            understood += 1
        except Neo4jError as error:
            yield Finding(False, f"The server refuses cypher/{name}: {error.code}.", "Install the package again.")
    yield Finding(
        understood == len(statements), f"The server understands {understood} of {len(statements)} statements."
    )
