"""Migrations of the graph: `schema/migrations/NNNN_name.cypher`, applied in order and recorded as `(:Migration)`.

A file holds statements that end with `;`. Each can be repeated without harm (`IF NOT EXISTS`), because Neo4j has no
transaction over several schema changes: what a crash cut short is applied again from its start.

`0000` makes what migrating itself needs; it comes before the lock that the others are applied under.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from neo4j.exceptions import ClientError, Neo4jError, TransientError

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.moments import now
from graph_service.resources import resource

Say = Callable[[str], None]

INDEX_SECONDS = 3_600
_FILE = re.compile(r"(\d{4})_(\w+)\.cypher")
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//[^\n]*|/\*.*?\*/|;", re.DOTALL)
_SCHEMA_CHANGE = re.compile(r"\s*(CREATE|DROP)\s+(?:[A-Z]+\s+)*?(?:CONSTRAINT|INDEX)\s+(\w+)")
_ATTEMPTS = 20
_PAUSE_SECONDS = 0.1
_MIGRATE = "Run: graph-service migrate"


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered file of schema statements.

    Attributes:
        number: its place in the order.
        name: what it does, in a word or two.
        checksum: SHA-256 of its text, with line ends as `\\n`.
        statements: without comments and the closing `;`.
    """

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]

    @property
    def title(self) -> str:
        """As in `0001 foundation`."""
        return f"{self.number:04} {self.name}"


def split_statements(text: str) -> tuple[str, ...]:
    """The statements of a file, without comments; a `;` in a quoted text ends none."""
    statements, current, end = [], "", 0
    for token in _TOKEN.finditer(text):
        current += text[end : token.start()]
        end = token.end()
        if token[0] == ";":
            statements.append(current.strip())
            current = ""
        elif not token[0].startswith(("//", "/*")):
            current += token[0]
    statements.append((current + text[end:]).strip())
    return tuple(statement for statement in statements if statement)


def load_migrations(folder: Path) -> list[Migration]:
    """The migrations of a folder, in order.

    Raises:
        ValueError: when a file is named otherwise, or a number is there twice, or 0000 is missing.
    """
    migrations = []
    for file in sorted(folder.glob("*.cypher")):
        named = _FILE.fullmatch(file.name)
        if named is None:
            raise ValueError(f"{file.name}: a migration is named like 0001_foundation.cypher")
        text = file.read_text("utf-8")
        checksum = hashlib.sha256(text.encode()).hexdigest()
        migrations.append(Migration(int(named[1]), named[2].replace("_", " "), checksum, split_statements(text)))
    numbers = [migration.number for migration in migrations]
    if len(set(numbers)) < len(numbers) or 0 not in numbers:
        raise ValueError("migrations are numbered from 0000, each with a number of its own")
    return migrations


async def migrate(
    graph: Graph, say: Say = lambda _: None, *, migrations: Sequence[Migration] | None = None
) -> list[Migration]:
    """Applies what is missing, one command at a time; also makes indexes anew that somebody dropped.

    Args:
        graph: what to migrate.
        say: told about each migration that is applied.
        migrations: by default those of this version.

    Returns:
        The migrations that were applied, in order.

    Raises:
        ServiceError: `GRAPH_AHEAD` or `GRAPH_ALTERED`, when the graph is not one that these files lead on from;
            `MIGRATION_FAILED`, when the server refused a statement.
    """
    files = shipped_migrations() if migrations is None else migrations
    _require_known(files, await _recorded(graph))
    await _make_bookkeeping(graph, files[0])

    async def work(transaction: Transaction) -> tuple[list[Migration], ServiceError | None]:
        # The lock lasts as long as this transaction; schema statements need transactions of their own.
        await transaction.run("graph/lock_migrations")
        recorded = await transaction.run("graph/migrations")
        _require_known(files, recorded)
        done = {row["number"] for row in recorded}
        present = {row["name"] for row in await _indexes(graph)}
        applied: list[Migration] = []
        for migration in files:
            if migration.number in done and schema_of([migration]) & schema_of(files) <= present:
                continue
            say(f"Migrating the graph: {migration.title} …")
            try:
                await _apply(graph, migration)
            except ServiceError as error:
                return applied, error  # what was applied before it stays recorded
            await transaction.run(
                "graph/record_migration",
                number=migration.number,
                title=migration.name,
                checksum=migration.checksum,
                appliedAt=now(),
            )
            applied.append(migration)
        return applied, None

    (applied, error), _ = await graph.write(work)
    if error is not None:
        raise error
    return applied


async def check_migrations(graph: Graph, *, migrations: Sequence[Migration] | None = None) -> None:
    """Whether the graph is what this version of the service expects.

    Raises:
        ServiceError: `GRAPH_BEHIND`, `GRAPH_AHEAD` or `GRAPH_ALTERED`, with the command that helps.
    """
    files = shipped_migrations() if migrations is None else migrations
    recorded = await _recorded(graph)
    _require_known(files, recorded)
    done = {row["number"] for row in recorded}
    behind = [migration for migration in files if migration.number not in done]
    if behind:
        named = ", ".join(migration.title for migration in behind)
        raise ServiceError("GRAPH_BEHIND", f"The graph lacks the migrations {named}.", remedy=_MIGRATE)
    states = {row["name"]: row["state"] for row in await _indexes(graph)}
    expected = schema_of(files)
    missing = sorted(expected - states.keys())
    if missing:
        raise ServiceError(
            "GRAPH_ALTERED",
            f"Somebody dropped indexes or constraints of the graph: {', '.join(missing)}.",
            remedy=_MIGRATE,
        )
    not_online = sorted(f"{name} ({states[name].lower()})" for name in expected if states[name] != "ONLINE")
    if not_online:
        raise ServiceError(
            "GRAPH_ALTERED",
            f"Indexes of the graph are not online: {', '.join(not_online)}.",
            remedy=f"{_MIGRATE} (it waits for them; drop one that failed before).",
        )


async def ready_graph(graph: Graph, say: Say = lambda _: None) -> None:
    """Checks the graph at start; one that nothing was ever written to is migrated.

    Raises:
        ServiceError: as `check_migrations` and `migrate`.
    """
    try:
        await check_migrations(graph)
    except ServiceError as error:
        if error.code != "GRAPH_BEHIND" or await _nodes(graph):
            raise
        if not await _recorded(graph):  # else another command has migrated it just now, or it is behind
            await migrate(graph, say)
        await check_migrations(graph)


def shipped_migrations() -> list[Migration]:
    """The migrations of this version of the service."""
    return load_migrations(resource("schema") / "migrations")


def schema_of(migrations: Sequence[Migration]) -> set[str]:
    """Names of the indexes and constraints that stand after these migrations."""
    names: set[str] = set()
    for migration in migrations:
        for statement in migration.statements:
            change = _SCHEMA_CHANGE.match(statement)
            if change is not None:
                (names.add if change[1] == "CREATE" else names.discard)(change[2])
    return names


def _require_known(files: Sequence[Migration], recorded: Sequence[Row]) -> None:
    known = {migration.number: migration for migration in files}
    ahead = [f"{row['number']:04} {row['name']}" for row in recorded if row["number"] not in known]
    if ahead:
        raise ServiceError(
            "GRAPH_AHEAD",
            f"A newer version of the service migrated this graph: {', '.join(ahead)}.",
            remedy="Run: pip install --upgrade channel-graph-service",
        )
    altered = [known[row["number"]].title for row in recorded if known[row["number"]].checksum != row["checksum"]]
    if altered:
        raise ServiceError(
            "GRAPH_ALTERED",
            f"The graph was migrated by other files than those of this version: {', '.join(altered)}.",
            remedy="Run: pip install --force-reinstall channel-graph-service (or start with another --home).",
        )


async def _recorded(graph: Graph) -> list[Row]:
    return await graph.read(lambda transaction: transaction.run("graph/migrations"))


async def _indexes(graph: Graph) -> list[Row]:
    return await graph.read(lambda transaction: transaction.run("graph/indexes"))


async def _nodes(graph: Graph) -> int:
    return int((await graph.read(lambda transaction: transaction.run("graph/size")))[0]["nodes"])


async def _make_bookkeeping(graph: Graph, migration: Migration) -> None:
    """Applies the first migration without a lock; `IF NOT EXISTS` races, so whoever loses tries again."""
    for attempt in range(_ATTEMPTS):
        try:
            await _run_all(graph, migration)
        except (ClientError, TransientError) as error:
            raced = isinstance(error, TransientError) or ".Schema." in (error.code or "")
            if not raced or attempt == _ATTEMPTS - 1:
                raise _failure(migration, error) from None
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


async def _apply(graph: Graph, migration: Migration) -> None:
    try:
        if migration.number > 0:  # the first one was applied before the lock
            await _run_all(graph, migration)
        await graph.read(lambda transaction: transaction.run("graph/await_indexes", seconds=INDEX_SECONDS))
    except Neo4jError as error:
        raise _failure(migration, error) from None


async def _run_all(graph: Graph, migration: Migration) -> None:
    for statement in migration.statements:
        await graph.run(statement, read_only=False)


def _failure(migration: Migration, error: Neo4jError) -> ServiceError:
    # The server's message may hold the value of a property, so only its code is shown.
    return ServiceError(
        "MIGRATION_FAILED",
        f"The server refused a statement of the migration {migration.title}: {error.code}.",
        remedy="The server's log says more; after that run: graph-service migrate",
    )
