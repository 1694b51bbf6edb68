"""The one Neo4j driver of a process, and how statements run on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, AsyncSession, Bookmarks, Query
from neo4j.exceptions import AuthError, DriverError, Neo4jError, ServiceUnavailable

from graph_service.errors import ServiceError
from graph_service.graph.embedded import Connection
from graph_service.graph.statements import statement

Row = dict[str, Any]
Answer = TypeVar("Answer")


class _Unspoken(list[Any]):
    """Rows as parameters: the driver spells every parameter out for a log, whether anybody keeps one or not.

    That is a twentieth of what this process does in a load, and would put what is personal into that log.
    """

    def __repr__(self) -> str:
        return f"<{len(self)} rows>"


class Transaction:
    """Where named statements run: a transaction, or for reads a session that gives each statement its own."""

    def __init__(self, transaction: AsyncManagedTransaction | AsyncSession) -> None:
        self._transaction = transaction
        self._turn = asyncio.Lock()

    async def run(self, name: str, **parameters: Any) -> list[Row]:
        """Runs the statement of that name and returns its rows, as dicts by column.

        Statements that are asked for at once run one after another, in the order of asking.
        """
        found = statement(name)
        parameters = {key: _Unspoken(value) if isinstance(value, list) else value for key, value in parameters.items()}
        async with self._turn:
            result = await self._transaction.run(found.text, parameters)
            records, keys = await result.values(), result.keys()
        if found.gathered:
            return cast(list[Row], records[0][0])
        return [dict(zip(keys, record, strict=True)) for record in records]

    async def rows_of(self, name: str, rows: Sequence[Any], **parameters: Any) -> list[Row]:
        """Runs a statement over `$rows`; none, no round trip."""
        return await self.run(name, rows=rows, **parameters) if rows else []


@dataclass(frozen=True, slots=True)
class Plan:
    """How the server would run a text.

    Attributes:
        kind: `r`, `w`, `rw` or `s`, as the server types it; reading files and terminating transactions are `r`, too.
        operators: of the plan, as in `NodeIndexSeek`.
    """

    kind: str
    operators: frozenset[str]


class Graph:
    """A database of a Neo4j server, with read and write transactions of named statements."""

    def __init__(self, driver: AsyncDriver, database: str | None) -> None:
        self.driver = driver
        self.database = database
        self.is_lost = False
        self._latest = Bookmarks.from_raw_values(())

    def require_answers(self) -> None:
        """Refuses at once what would only wait, while whoever watches the server (`health.py`) says it is lost.

        Raises:
            ServiceError: `UNAVAILABLE`.
        """
        if self.is_lost:
            raise ServiceError(
                "UNAVAILABLE",
                "The graph does not answer at present.",
                remedy="Try again in a moment; events that come twice count once.",
            )

    def latest_bookmarks(self) -> Bookmarks:
        """Of the last write of this process."""
        return self._latest

    async def read(
        self, work: Callable[[Transaction], Awaitable[Answer]], bookmarks: Bookmarks | None = None
    ) -> Answer:
        """Runs `work`, which only reads, so that it sees at least what the bookmarks saw.

        The server reads what is committed, statement by statement, in a transaction as well as without one; so there is
        none, which spares two of three round trips. What fails for a reason that passes is tried in one, which the
        driver repeats.

        Raises:
            ServiceError: `UNAVAILABLE`, at once, while the server is known to be lost.
        """
        self.require_answers()
        async with self.driver.session(
            database=self.database, default_access_mode="READ", bookmarks=bookmarks
        ) as session:
            try:
                return await work(Transaction(session))
            except (DriverError, Neo4jError) as error:
                if not error.is_retryable():
                    raise
            return await session.execute_read(lambda transaction: work(Transaction(transaction)))

    async def read_latest(self, work: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
        """Runs `work`, which only reads, where writes go: it sees all that any process has committed.

        Raises:
            ServiceError: `UNAVAILABLE`, at once, while the server is known to be lost.
        """
        self.require_answers()
        async with self.driver.session(database=self.database) as session:
            return await work(Transaction(session))

    async def write(self, work: Callable[[Transaction], Awaitable[Answer]]) -> tuple[Answer, Bookmarks]:
        """Runs `work` in a write transaction; returns its answer and the bookmark of its commit.

        The driver repeats `work` when the server asks for it, so it must not have effects outside.
        """
        async with self.driver.session(database=self.database) as session:
            answer = await session.execute_write(lambda transaction: work(Transaction(transaction)))
            self._latest = await session.last_bookmarks()
            return answer, self._latest

    async def run(
        self, text: str, *, read_only: bool, timeout: float | None = None
    ) -> tuple[list[str], list[list[Any]]]:
        """Runs a text that a person wrote, in a transaction of its own; returns columns and rows."""
        mode = "READ" if read_only else "WRITE"
        async with self.driver.session(database=self.database, default_access_mode=mode) as session:
            result = await session.run(Query(text, timeout=timeout))
            return list(result.keys()), await result.values()

    async def ping(self) -> None:
        """Asks the server the least that there is to ask, once; the driver does not repeat it."""
        await self.run(statement("graph/components").text, read_only=True)

    async def explain(self, text: str, *, read_only: bool = True) -> Plan:
        """How the server would run a text; nothing runs, and parameters may be missing."""
        mode = "READ" if read_only else "WRITE"
        async with self.driver.session(database=self.database, default_access_mode=mode) as session:
            summary = await (await session.run(Query("EXPLAIN " + text))).consume()
            return Plan(summary.query_type or "", frozenset(_operators(summary.plan or {})))


def _operators(plan: Mapping[str, Any]) -> Iterator[str]:
    if "operatorType" in plan:
        yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", ()):
        yield from _operators(child)


@asynccontextmanager
async def connect(connection: Connection) -> AsyncIterator[Graph]:
    """The graph behind a connection; the driver closes with the block.

    Raises:
        ServiceError: `NEO4J_UNREACHABLE` or `NEO4J_REFUSED`, when the server does not answer or refuses the login.
    """
    driver = AsyncGraphDatabase.driver(
        connection.uri,
        auth=(connection.username, connection.password),
        notifications_min_severity="OFF",
        user_agent="channel-graph-service",
        # An embedded server that died is back in some ten seconds: look every second, not after 1, 2, 4, 8 and 16.
        initial_retry_delay=1.0,
        retry_delay_multiplier=1.0,
    )
    async with driver:
        try:
            await driver.verify_connectivity()
        except AuthError:
            raise ServiceError(
                "NEO4J_REFUSED",
                f"The Neo4j server at {connection.uri} refused the user name or password.",
                remedy="Check NEO4J_USERNAME and NEO4J_PASSWORD.",
            ) from None
        except (ServiceUnavailable, DriverError, Neo4jError, OSError):
            raise ServiceError(
                "NEO4J_UNREACHABLE",
                f"No Neo4j server answered at {connection.uri}.",
                remedy="Check NEO4J_URI and that the server runs; without NEO4J_URI the service starts its own.",
            ) from None
        yield Graph(driver, connection.database)
